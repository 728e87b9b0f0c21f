import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {availableParallelism, networkInterfaces} from 'node:os'
import {run} from '../../../../../src/util/run-program.js'
import {hostLimits, raisingFiles} from '../../../../../src/dataplane/nginx/host/host-limits.js'
import {capabilitiesOf} from '../../../../../src/dataplane/nginx/host/linux-capabilities.js'

describe('hostLimits', () => {
  it('is what NGINX will really get', async () => {
    const limits = await hostLimits()
    assert.equal(limits.workers, availableParallelism())
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    assert.equal(
      limits.ipv6,
      addresses.some(({family}) => family === 'IPv6'),
    )
    const [command = '', ...parameters] = [
      ...(await raisingFiles(limits.openFiles)),
      '/bin/sh',
      '-c',
      'ulimit -n',
    ]
    const {stdout} = await run(command, parameters, {timeout: 10_000})
    assert.ok(Number(stdout) >= limits.openFiles, `${stdout.trim()} < ${limits.openFiles}`)
  })

  it('lets workers become `nobody` if root may change user', async () => {
    const {workersStayRoot} = await hostLimits()
    const capabilities = await capabilitiesOf('self')
    const mayChange = capabilities.has('CAP_SETUID') && capabilities.has('CAP_SETGID')
    assert.equal(workersStayRoot, process.geteuid?.() === 0 && !mayChange)
  })

  it('needs no other program where the limit is high enough', async () => {
    assert.ok(existsSync('/proc/self/limits'))
    const own = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    assert.deepEqual(await raisingFiles(Number(own)), [])
    assert.deepEqual(await raisingFiles(Number(own) + 1), [
      'prlimit',
      `--nofile=${Number(own) + 1}:${Number(own) + 1}`,
    ])
  })
})
