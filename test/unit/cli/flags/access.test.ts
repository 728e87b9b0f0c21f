import assert from 'node:assert/strict'
import {accessFlags, accessNotices, type AccessFlags} from '../../../../src/cli/flags/access.js'
import {inputFlags} from '../../../../src/cli/flags/input.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'

const parse = async (argv: string[], environment = {}) =>
  (await parseFlags({...accessFlags, ...inputFlags}, argv, environment)) as AccessFlags

describe('access flags', () => {
  it('have no notice if they are consistent', async () => {
    for (const argv of [[], ['--proxy=http://a'], ['--kubeconfig=a', '--context=b']]) {
      assert.deepEqual(accessNotices(await parse(argv)), [])
    }
  })

  it('have no notice for --context if a kubeconfig of kubectl is read', async () => {
    assert.deepEqual(accessNotices(await parse(['--context=c']), true), [])
  })

  it('have a notice for each flag without effect', async () => {
    assert.deepEqual(accessNotices(await parse(['--proxy=http://a', '--kubeconfig=b', '--context=c'])), [
      '--kubeconfig is not used: --proxy takes precedence',
    ])
    assert.deepEqual(accessNotices(await parse(['--kubeconfig=b', '--gke-cluster=c', '--context=d'])), [
      '--gke-cluster is not used: --kubeconfig takes precedence',
    ])
    assert.deepEqual(accessNotices(await parse(['--context=c'])), [
      '--context has no effect without --kubeconfig',
    ])
  })

  it('exclude manifests, unless they come from the environment', async () => {
    await assert.rejects(parse(['--kubeconfig=a', '-f', 'b']), {
      name: 'UsageError',
      message: '--kubeconfig and --filename cannot be used together',
    })
    const flags = await parse(['-f', 'b'], {LBEX_KUBECONFIG: 'a', LBEX_PROXY: 'http://a'})
    assert.deepEqual([flags.kubeconfig, flags.proxy], [undefined, undefined])
  })
})
