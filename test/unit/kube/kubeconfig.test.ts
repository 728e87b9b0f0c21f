import assert from 'node:assert/strict'
import {chooseContext, type RawKubeconfig} from '../../../src/kube/kubeconfig.js'

const CONFIG: RawKubeconfig = {
  'current-context': 'one',
  clusters: [
    {name: 'c1', cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority': 'ca.crt'}},
    {name: 'c2', cluster: {server: 'http://10.0.0.2', 'proxy-url': 'socks5://10.0.0.3'}},
    {name: 'c3', cluster: {server: '10.0.0.3'}},
  ],
  users: [
    {name: 'u1', user: {token: 'secret'}},
    {name: 'u2', user: {token: 'secret', tokenFile: 'token'}},
    {
      name: 'u3',
      user: {
        exec: {apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', provideClusterInfo: true},
      },
    },
    {
      name: 'u4',
      user: {as: 'lbex', 'as-uid': '7', 'as-groups': ['a', 'b'], 'as-user-extra': {'acme.com/x': ['y']}},
    },
  ],
  contexts: [
    {name: 'one', context: {cluster: 'c1', user: 'u1'}},
    {name: 'plain', context: {cluster: 'c2'}},
    {name: 'file', context: {cluster: 'c1', user: 'u2'}},
    {name: 'plugin', context: {cluster: 'c1', user: 'u3'}},
    {name: 'impersonated', context: {cluster: 'c1', user: 'u4'}},
    {name: 'broken', context: {cluster: 'c3', user: 'u1'}},
    {name: 'no-cluster', context: {cluster: 'c9', user: 'u1'}},
    {name: 'no-user', context: {cluster: 'c1', user: 'u9'}},
  ],
}

function choose(context?: string) {
  const {text, server, ...others} = chooseContext(CONFIG, '/etc/lbex/config', context)
  return {...others, server: server.href, config: JSON.parse(text)}
}

function failsWith(context: string | undefined, config: RawKubeconfig = CONFIG) {
  try {
    chooseContext(config, 'config', context)
  } catch (error) {
    const {code, message, hint} = error as {code: string; message: string; hint: string}
    return {code, message, hint}
  }
  throw new Error('it did not fail')
}

describe('kube/kubeconfig', () => {
  it('selects the current context only', () => {
    assert.deepEqual(choose(), {
      context: 'one',
      server: 'https://10.0.0.1:6443/',
      usesExec: false,
      headers: {},
      config: {
        'current-context': 'one',
        clusters: [
          {name: 'cluster', cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority': 'ca.crt'}},
        ],
        users: [{name: 'user', user: {token: 'secret'}}],
        contexts: [{name: 'one', context: {cluster: 'cluster', user: 'user'}}],
      },
    })
  })

  it('selects another context, without a user and without TLS', () => {
    const {config, proxy} = choose('plain')
    assert.equal(proxy?.href, 'socks5://10.0.0.3')
    assert.equal(config.clusters[0].cluster['proxy-url'], undefined)
    assert.deepEqual(config.users, [{name: 'user', user: {}}])
    assert.equal(config.clusters[0].cluster['insecure-skip-tls-verify'], true)
  })

  it('prefers tokenFile to token', () => {
    const {config, tokenFile} = choose('file')
    assert.equal(tokenFile, '/etc/lbex/token')
    assert.deepEqual(config.users[0].user, {})
  })

  it('sets up a plugin as kubectl does, relative to the folder of the kubeconfig', () => {
    const {config, usesExec} = choose('plugin')
    const {command, env} = config.users[0].user.exec
    assert.equal(usesExec, true)
    assert.equal(command, '/etc/lbex/plugin')
    assert.equal(env[0].name, 'KUBERNETES_EXEC_INFO')
    assert.deepEqual(JSON.parse(env[0].value), {
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: {
        interactive: false,
        cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority': 'ca.crt'},
      },
    })
  })

  it('sets all impersonation headers', () => {
    assert.deepEqual(choose('impersonated').headers, {
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a', 'b'],
      'Impersonate-Extra-acme.com%2Fx': ['y'],
    })
  })

  it('reports missing entries', () => {
    assert.deepEqual(failsWith('onne'), {
      code: 'kubeconfig-context',
      message: 'the kubeconfig config has no context "onne"',
      hint: 'it has one, plain, file, plugin, impersonated, broken, no-cluster, no-user; did you mean one?',
    })
    assert.deepEqual(failsWith('no-cluster'), {
      code: 'kubeconfig-invalid',
      message: 'the kubeconfig config has no cluster "c9"',
      hint: 'it has c1, c2, c3; did you mean c1?',
    })
    assert.equal(failsWith('no-user').message, 'the kubeconfig config has no user "u9"')
    assert.equal(
      failsWith('broken').message,
      'the cluster c3 in the kubeconfig config has no server URL with http:// or https://',
    )
  })

  const withUser = (user: object): object => ({...CONFIG, users: [{name: 'u1', user}]})
  const withCluster = (cluster: object): object => ({...CONFIG, clusters: [{name: 'c1', cluster}]})
  const SHAPES: readonly [config: object, problem: string][] = [
    [{...CONFIG, 'current-context': 5}, 'current-context must be a string'],
    [{...CONFIG, clusters: {}}, 'clusters must be a list of mappings'],
    [{...CONFIG, users: 'secret'}, 'users must be a list of mappings'],
    [{...CONFIG, contexts: {}}, 'contexts must be a list of mappings'],
    [{...CONFIG, contexts: [null]}, 'contexts must be a list of mappings'],
    [{...CONFIG, contexts: [{name: 5}]}, 'contexts[0].name must be a string'],
    [{...CONFIG, contexts: [{name: 'one', context: []}]}, 'contexts[0].context must be a mapping'],
    [
      {...CONFIG, contexts: [{name: 'one', context: {cluster: 5}}]},
      'contexts[0].context.cluster must be a string',
    ],
    [{...CONFIG, users: [{name: 'u1', user: 'secret'}]}, 'users[0].user must be a mapping'],
    [withCluster({server: 5}), 'clusters[c1].cluster.server must be a string'],
    [withUser({tokenFile: 5}), 'users[u1].user.tokenFile must be a string'],
    [withUser({'client-key-data': 7}), 'users[u1].user.client-key-data must be a string'],
    [withUser({'as-groups': 'a'}), 'users[u1].user.as-groups must be a list of strings'],
    [withUser({'auth-provider': 'gcp'}), 'users[u1].user.auth-provider must be a mapping'],
    [withUser({'auth-provider': {config: 5}}), 'users[u1].user.auth-provider.config must be a mapping'],
    [withUser({exec: 'plugin'}), 'users[u1].user.exec must be a mapping'],
    [withUser({exec: {command: ['a']}}), 'users[u1].user.exec.command must be a string'],
    [withUser({exec: {args: 'secret'}}), 'users[u1].user.exec.args must be a list of strings'],
    [withUser({exec: {env: {A: 'b'}}}), 'users[u1].user.exec.env must be a list of mappings'],
  ]
  for (const [config, problem] of SHAPES) {
    it(`reports that ${problem}`, () => {
      assert.deepEqual(failsWith(undefined, config), {
        code: 'kubeconfig-invalid',
        message: `in the kubeconfig config, ${problem}`,
        hint: undefined,
      })
    })
  }

  it('accepts null as an absent field, and ignores the fields of unused users', () => {
    const user = {exec: null, tokenFile: null, 'auth-provider': null}
    const others = [{name: 'odd', user: {tokenFile: 5}}]
    const config = {...CONFIG, users: [{name: 'u1', user}, ...others]} as unknown as RawKubeconfig
    assert.equal(chooseContext(config, 'config', 'one').usesExec, false)
  })

  it('lists the contexts if there is no current one', () => {
    assert.deepEqual(
      failsWith(undefined, {
        contexts: [
          {name: 'a', context: {}},
          {name: 'b', context: {}},
        ],
      }),
      {
        code: 'kubeconfig-context',
        message: 'the kubeconfig config has no current context',
        hint: 'name one with --context: a, b',
      },
    )
    assert.equal(failsWith(undefined, {}).hint, 'it has no contexts')
    assert.equal(failsWith('a', {}).hint, 'it has none')
  })
})
