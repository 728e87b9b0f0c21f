import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readDrainMemory, writeDrainMemory} from '../../../../src/controller/drain/drain-memory.js'
import type {TimedServer} from '../../../../src/controller/drain/drain-plan.js'
import {run} from '../../../../src/util/run-program.js'
import {UNIT_TIMEOUT} from '../../../support/timeouts.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

const SERVER: TimedServer = {address: '10.0.0.1', port: 80, protocol: 'TCP', milliseconds: 1000}
const KEPT = {address: '10.0.0.2', port: 53, protocol: 'UDP'} as const

describe('the file of drained servers', () => {
  let folder: TemporaryFolder
  let path: string
  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'drain.json')
  })
  afterEach(() => folder.remove())

  it('returns what was written, with the rest of the time of servers that left', async () => {
    const leaving = {...SERVER, address: 'fd00::1', protocol: 'UDP'} as const
    await writeDrainMemory(path, {used: [SERVER], leaving: [leaving], kept: [KEPT]}, 500)
    const read = async (now: number) => (await readDrainMemory(path, now))?.leaving[0]?.milliseconds
    assert.deepEqual(await readDrainMemory(path, 500), {used: [SERVER], leaving: [leaving], kept: [KEPT]})
    assert.deepEqual([await read(900), await read(9000)], [600, 0])
    // The clock was set back.
    assert.equal(await read(0), 1000)
  })

  it('returns nothing if the file is missing, damaged or of another version', async () => {
    assert.equal(await readDrainMemory(path, 0), undefined)
    const contents = [
      '',
      '{"version":1,"us',
      'null',
      '{"version":1}',
      '{"version":2,"at":0,"used":[],"leaving":[]}',
    ]
    for (const content of contents) {
      await writeFile(path, content)
      assert.equal(await readDrainMemory(path, 0), undefined, content)
    }
  })

  it('does not wait for a named pipe', async () => {
    await run('mkfifo', [path], {timeout: UNIT_TIMEOUT})
    assert.equal(await readDrainMemory(path, 0), undefined)
  })

  it('skips servers that are not valid', async () => {
    const invalid = [
      7,
      null,
      {...SERVER, address: 'localhost'},
      {...SERVER, address: 7},
      {...SERVER, address: 'FD00::1'},
      {...SERVER, address: 'fe80::1%eth0'},
      {...SERVER, port: '80'},
      {...SERVER, protocol: 'SCTP'},
      {...SERVER, milliseconds: null},
    ]
    await writeFile(
      path,
      JSON.stringify({version: 1, at: 0, used: [...invalid, SERVER], leaving: 7, kept: [7, KEPT]}),
    )
    assert.deepEqual(await readDrainMemory(path, 0), {used: [SERVER], leaving: [], kept: [KEPT]})
  })
})
