import assert from 'node:assert/strict'
import {accessFlags, accessNotices, type AccessFlags} from '../../../../src/cli/flags/access.js'
import {inputFlags} from '../../../../src/cli/flags/input.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'

const parse = async (argv: string[], environment = {}) =>
  (await parseFlags({...accessFlags, ...inputFlags}, argv, environment)) as AccessFlags

describe('the flags for the way to the cluster', () => {
  it('say nothing where they fit together', async () => {
    for (const argv of [[], ['--proxy=http://a'], ['--kubeconfig=a', '--context=b']]) {
      assert.deepEqual(accessNotices(await parse(argv)), [])
    }
  })

  it('tell of those that have no effect', async () => {
    assert.deepEqual(accessNotices(await parse(['--proxy=http://a', '--kubeconfig=b', '--context=c'])), [
      '--kubeconfig is not used: --proxy wins over it',
    ])
    assert.deepEqual(accessNotices(await parse(['--kubeconfig=b', '--gke-cluster=c', '--context=d'])), [
      '--gke-cluster is not used: --kubeconfig wins over it',
    ])
    assert.deepEqual(accessNotices(await parse(['--context=c'])), [
      '--context has no effect without --kubeconfig',
    ])
  })

  it('cannot stand beside manifests, unless they come from the environment', async () => {
    await assert.rejects(parse(['--kubeconfig=a', '-f', 'b']), {
      name: 'UsageError',
      message: '--kubeconfig and --filename cannot be used together',
    })
    const flags = await parse(['-f', 'b'], {LBEX_KUBECONFIG: 'a', LBEX_PROXY: 'http://a'})
    assert.deepEqual([flags.kubeconfig, flags.proxy], [undefined, undefined])
  })
})
