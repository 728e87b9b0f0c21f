import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readOnce} from '../../../../src/cli/run/read-once.js'
import type {SelectionFlags} from '../../../../src/cli/flags/selection.js'
import {openSource, readsKubeconfigOfKubectl, type SourceFlags} from '../../../../src/cli/run/source.js'
import {WarningLog} from '../../../../src/cli/run/warning-log.js'
import {apiService} from '../../../support/api-double/objects.js'
import {useDouble} from '../../../support/api-double/use-double.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'
import {waitFor} from '../../../support/wait.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

describe('openSource', () => {
  const use = useDouble()
  let log: FakeLog
  beforeEach(() => {
    log = new FakeLog()
  })

  const open = async (...argv: string[]) =>
    openSource(await flagsOf<SourceFlags>(...argv), {coverage: 'partial', log})

  it('reads the files of -f', async () => {
    const folder = await temporaryFolder()
    try {
      const source = await open('-f', folder.path)
      await assert.rejects(source.read(new AbortController().signal), {code: 'no-manifests'})
      assert.deepEqual(source.freshness(), [])
      await source.close()
    } finally {
      await folder.remove()
    }
  })

  it('reads a cluster if there are no files, with --namespace', async () => {
    use.api.put(apiService('web', {namespace: 'shop'}))
    use.api.put(apiService('other', {namespace: 'blog'}))
    const source = await open('--proxy', use.api.url, '--namespace=shop')
    try {
      const {snapshot} = await source.read(new AbortController().signal)
      assert.deepEqual(
        snapshot.services.map(({ref}) => ref.name),
        ['web'],
      )
      assert.deepEqual(log.lines, [
        ['info', 'reading the cluster', {from: `the API server at ${use.api.url} (--proxy)`}],
      ])
    } finally {
      await source.close()
    }
    await waitFor(() => use.api.openWatches === 0, {what: 'the end of the watches'})
  })

  it('reads the cluster of KUBECONFIG for commands of people, and says so', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'config')
    const config = {
      'current-context': 'edge',
      clusters: [{name: 'c', cluster: {server: use.api.url}}],
      contexts: [{name: 'edge', context: {cluster: 'c'}}],
    }
    await writeFile(path, JSON.stringify(config))
    const before = process.env['KUBECONFIG']
    process.env['KUBECONFIG'] = path
    try {
      const warnings = new WarningLog()
      const flags = {...(await flagsOf<SourceFlags & SelectionFlags>()), complete: false}
      assert.equal((await readOnce(flags, warnings)).snapshot.services.length, 0)
      assert.deepEqual(warnings.notes, [
        `reading the API server at ${use.api.url} (KUBECONFIG=${path}, context edge)`,
      ])
      await assert.rejects(open(), {code: 'not-in-a-pod'})
      assert.equal(readsKubeconfigOfKubectl(await flagsOf<SourceFlags>('-f', 'a')), false)
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG']
      else process.env['KUBECONFIG'] = before
      await folder.remove()
    }
  })

  it('rejects if the access to the cluster is not valid', async () => {
    await assert.rejects(open('--proxy', 'ftp://example.com'), {name: 'Failure', code: 'proxy-invalid'})
    await assert.rejects(open('--kubeconfig', '/none'), {name: 'Failure', code: 'kubeconfig-unreadable'})
    await assert.rejects(open('--gke-cluster', 'shop'), {name: 'Failure', code: 'gke-cluster-invalid'})
    await assert.rejects(open(), {name: 'Failure', code: 'not-in-a-pod'})
  })
})
