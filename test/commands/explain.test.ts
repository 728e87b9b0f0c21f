import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {lbex} from './lbex.js'
import {BARE, complete} from './manifests.js'

describe('lbex explain', () => {
  let folder: TemporaryFolder
  const explain = (...words: string[]) => lbex(['explain', ...words], {cwd: folder.path})
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text)

  beforeEach(async () => {
    folder = await temporaryFolder()
    await write('ntp.yaml', BARE)
  })
  afterEach(() => folder.remove())

  it('explains a Service of manifests', async () => {
    const {stdout, stderr, exitCode} = await explain('default/ntp', '-f', 'ntp.yaml')
    assert.match(stdout, /^Service default\/ntp: 1 of 1 port served\n/)
    assert.match(stdout, /served on 0\.0\.0\.0:8123\/UDP by 1 server/)
    assert.deepEqual([stderr, exitCode], ['', 0])
  })

  it('suggests a name, and asks for one namespace if several have the Service', async () => {
    await write('other.yaml', BARE.replace('name: ntp', 'name: ntp\n  namespace: other'))
    const input = ['-f', 'ntp.yaml', '-f', 'other.yaml']
    const answers = await Promise.all(
      ['nttp', 'ntp'].map(async (name) => {
        const {stdout, stderr, exitCode} = await explain(name, ...input)
        return [stdout, stderr, exitCode]
      }),
    )
    assert.deepEqual(answers, [
      ['', 'error: there is no Service called nttp; did you mean ntp?\n', 2],
      ['', 'error: 2 Services are called ntp\nhint: name one of them: default/ntp, other/ntp\n', 2],
    ])
  })

  it('needs exactly one name', async () => {
    const {stderr, exitCode} = await explain('-f', 'ntp.yaml')
    assert.match(
      stderr,
      /^error: name one Service, this command line names 0\nhint: .*explain NAMESPACE\/NAME\n/,
    )
    assert.equal(exitCode, 2)
  })

  it('finds out with --probe that another program holds the port', async () => {
    const holder = createServer().listen(0, '0.0.0.0')
    await once(holder, 'listening')
    try {
      const {port} = holder.address() as AddressInfo
      await write('web.yaml', complete('web', port, 1))
      const {stdout, exitCode} = await explain('web', '-f', 'web.yaml', '--probe', '--json')
      const {ports} = JSON.parse(stdout) as {ports: {listeners: unknown[]}[]}
      const listener = `0.0.0.0:${port}/TCP`
      assert.deepEqual(ports[0]?.listeners, [{listener, state: 'unavailable', servers: [], skipped: []}])
      assert.equal(exitCode, 1)
    } finally {
      holder.close()
    }
  })
})
