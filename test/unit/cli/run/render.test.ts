import assert from 'node:assert/strict'
import {readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {render, type RenderFlags} from '../../../../src/cli/run/render.js'
import {BARE, BROKEN} from '../../../commands/manifests.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {flagsOf} from './flags.js'

describe('render', () => {
  let folder: TemporaryFolder
  let path: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'ntp.yaml')
    await writeFile(path, BARE)
  })
  afterEach(() => folder.remove())

  const shown = async (...argv: string[]) => render(await flagsOf<RenderFlags>('-f', path, ...argv), [])

  it('prints text, JSON or the model', async () => {
    const text = await shown()
    assert.match(text.output, /^### nginx\.conf\n[^]*listen 0\.0\.0\.0:8123 udp/)
    assert.deepEqual([text.notes, text.exitCode], ['', 0])
    assert.equal(JSON.parse((await shown('--json')).output).files.length, 4)
    assert.equal(JSON.parse((await shown('--model')).output).services.length, 1)
  })

  it('puts notices before the diagnostics', async () => {
    await writeFile(path, BROKEN)
    const {notes, exitCode} = await render(await flagsOf<RenderFlags>('-f', path), ['careful'])
    assert.match(notes, /^warning: careful\n.*ntp\.yaml:7:33: error port-invalid /)
    assert.equal(exitCode, 1)
  })

  it('writes and compares', async () => {
    const out = join(folder.path, 'out')
    assert.deepEqual(await shown('--output-dir', out), {
      output: '',
      notes: `wrote 4 files to ${out}\n`,
      exitCode: 0,
    })
    assert.deepEqual((await readdir(out)).sort(), [
      '.lbex-render.json',
      'nginx.conf',
      'services',
      'services.conf',
      'version.conf',
    ])
    assert.deepEqual(await shown('--diff', out), {output: '', notes: 'no differences\n', exitCode: 0})
    await writeFile(path, BARE.replace('8123', '8124'))
    const {output, notes} = await shown('--diff', out)
    assert.match(output, /8124 udp/)
    assert.equal(notes, '')
    assert.equal((await shown('--diff', out, '--exit-code')).exitCode, 1)
    await writeFile(path, BARE)
    assert.equal((await shown('--diff', out, '--exit-code')).exitCode, 0)
    await assert.rejects(shown('--exit-code'), {name: 'UsageError'})
  })

  it('translates all Services, and shows the named one', async () => {
    const winner = BARE.replace('name: ntp', 'name: clock')
    await writeFile(path, [winner, BARE].join('---\n'))
    const lost = await shown('--service-name=default/ntp', '--model')
    assert.match(
      lost.notes,
      /error port-conflict 0\.0\.0\.0:8123\/UDP is already allocated to Service default\/clock/,
    )
    assert.deepEqual([JSON.parse(lost.output).services, lost.exitCode], [[], 1])
    const won = await shown('--service-name=clock', '--model')
    assert.deepEqual([JSON.parse(won.output).services.length, won.notes, won.exitCode], [1, '', 0])
  })

  it('rejects --service-name if no Service has the name, unless a document is broken', async () => {
    await assert.rejects(shown('--service-name=nttp'), {
      name: 'UsageError',
      message: 'there is no Service called nttp; did you mean ntp?',
    })
    await writeFile(path, BARE.replace('spec:', 'spec:\n  externalIPs: 5'))
    await assert.rejects(shown('--service-name=nttp'), {name: 'UsageError'})
    await writeFile(path, 'a: b: c')
    assert.equal((await shown('--service-name=nttp')).exitCode, 1)
  })

  it('ignores errors of Services in namespaces that are not shown', async () => {
    await writeFile(path, BARE.replace('spec:', 'spec:\n  externalIPs: 5'))
    const {notes, exitCode} = await shown('--namespace=nope')
    assert.deepEqual(
      [notes, exitCode],
      ['warning: there is no Service in namespace nope; found: default\n', 0],
    )
  })

  it('rejects contradicting flags before it reads anything', async () => {
    await assert.rejects(shown('--namespace=a', '--exclude-namespace=a'), {name: 'UsageError'})
  })
})
