import assert from 'node:assert/strict'
import {gceStatus, type StatusFlags} from '../../../../src/gce/command/gce-status.js'
import {gceJsonFlags, gceStatusFlags, gceTargetFlags} from '../../../../src/cli/flags/gce.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'
import {gceWorld, type World} from '../../../support/gce-fake/world.js'

const FLAGS = {...gceTargetFlags, ...gceStatusFlags, ...gceJsonFlags}

describe('gce/command/gce-status', () => {
  let world: World

  beforeEach(async () => {
    world = await gceWorld()
  })
  afterEach(() => world.close())

  it('shows the group and its hosts', async () => {
    await world.up()
    world.fake.groups.errors.push({
      timestamp: '2026-01-01T00:00:00Z',
      instanceActionDetails: {instance: '/instances/web-0009'},
      error: {code: 'QUOTA_EXCEEDED', message: 'no more CPUs'},
    })
    const {output, exitCode} = await world.status()
    assert.equal(exitCode, 0)
    assert.match(
      output,
      /^group {7}web-group: stable, 2 of 2 hosts healthy\nautoscaler {2}2 to 10 hosts at 70 % CPU\n/,
    )
    assert.match(output, /\nweb-0001 {2}us-central1-a {2}RUNNING {2}HEALTHY {2}NONE {4}web-vm-/)
    assert.match(output, /\nrecent errors\n {2}2026-01-01T00:00:00Z web-0009 no more CPUs\n$/)
  })

  it('exits with 1 if the group is not stable or does not exist', async () => {
    const absent = await world.status()
    assert.deepEqual(
      [absent.notes, absent.exitCode],
      ['group web-group does not exist in us-central1 of the project my-project\n', 1],
    )
    world.fake.groupOptions.vmTime = Infinity
    await world.up('--no-wait')
    const {output, exitCode} = await world.status('--json')
    const value = JSON.parse(output)
    assert.deepEqual(
      [exitCode, value.stable, value.hosts.length, value.hosts[0].action],
      [1, false, 2, 'CREATING'],
    )
  })

  it('polls with --watch until it is interrupted', async () => {
    await world.up()
    const interrupt = (): void => {
      if (world.fake.http.requests.filter(({path}) => path.endsWith('/listErrors')).length > 1)
        process.emit('SIGINT', 'SIGINT')
      else setTimeout(interrupt, 5)
    }
    interrupt()
    const {progress, exitCode} = await world.status('--watch', '--json')
    const lines = progress.trimEnd().split('\n')
    assert.equal(exitCode, 130)
    assert.ok(lines.length >= 1)
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).group),
      lines.map(() => 'web-group'),
    )
  })

  it('ends when its reader is gone, and keeps notes out of standard output', async () => {
    for (const event of ['error', 'close']) {
      let read = ''
      const write = (text: string): void => {
        read += text
        setImmediate(() => world.edges.stdout.emit(event, new Error('write EPIPE')))
      }
      const {exitCode} = await gceStatus(
        (await parseFlags(
          FLAGS,
          ['--name=web', '--project=my-project', '--watch', '--json'],
          {},
        )) as StatusFlags,
        [],
        {...world.edges, write},
      )
      assert.deepEqual([exitCode, read], [0, '{"group":null}\n'])
    }
  })
})
