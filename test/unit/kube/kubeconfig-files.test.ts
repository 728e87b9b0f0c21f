import assert from 'node:assert/strict'
import type {RawKubeconfig} from '../../../src/kube/kubeconfig.js'
import {filesOfKubectl, mergeKubeconfigs} from '../../../src/kube/kubeconfig-files.js'

describe('the kubeconfigs of kubectl', () => {
  it('are those of KUBECONFIG, else ~/.kube/config if it exists', () => {
    const all = () => true
    assert.deepEqual(filesOfKubectl({KUBECONFIG: '/a::/b:', HOME: '/home/me'}, all), {
      paths: ['/a', '/b'],
      label: '/a:/b',
      through: 'KUBECONFIG=/a:/b',
    })
    const usual = '/home/me/.kube/config'
    assert.deepEqual(filesOfKubectl({KUBECONFIG: '', HOME: '/home/me'}, all), {
      ...{paths: [usual], label: usual, through: usual},
    })
    assert.equal(
      filesOfKubectl({HOME: '/home/me'}, () => false),
      undefined,
    )
  })

  it('are merged: the first entry and the first current context win, and paths are relative to each file', () => {
    const first: RawKubeconfig = {
      clusters: [{name: 'c', cluster: {server: 'https://a', 'certificate-authority': 'ca.crt'}}],
      users: [{name: 'u', user: {tokenFile: 'token', exec: {command: './plugin'}}}],
    }
    const second: RawKubeconfig = {
      'current-context': 'x',
      clusters: null,
      users: [{name: 'v', user: {'client-key': '/abs/key', exec: {command: 'in-path'}}}],
      contexts: [{name: 'x', context: {cluster: 'c', user: 'u'}}],
    }
    assert.deepEqual(
      mergeKubeconfigs([
        {path: '/one/config', raw: first},
        {path: '/two/config', raw: second},
        {path: '/three/config', raw: {'current-context': 'y'}},
      ]),
      {
        'current-context': 'x',
        clusters: [{name: 'c', cluster: {server: 'https://a', 'certificate-authority': '/one/ca.crt'}}],
        users: [
          {name: 'u', user: {tokenFile: '/one/token', exec: {command: '/one/plugin'}}},
          {name: 'v', user: {'client-key': '/abs/key', exec: {command: 'in-path'}}},
        ],
        contexts: [{name: 'x', context: {cluster: 'c', user: 'u'}}],
      },
    )
  })

  it('may have fields of other types than expected, which are checked later', () => {
    const raw = {clusters: 'text', users: ['text', {user: 7}]} as unknown as RawKubeconfig
    assert.deepEqual(mergeKubeconfigs([{path: '/a', raw}]), {
      ...{clusters: ['text'], users: ['text', {user: 7}], contexts: []},
    })
  })
})
