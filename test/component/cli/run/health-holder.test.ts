import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {networkInterfaces} from 'node:os'
import {nameHolder} from '../../../../src/cli/run/health-holder.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {probeListeners} from '../../../../src/dataplane/nginx/apply/probe.js'
import type {DataPlane} from '../../../../src/dataplane/data-plane.js'
import {freePort} from '../../../support/ports.js'
import {skipBecause} from '../../../support/skip.js'

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({address}) => address === '::1'))

describe('nameHolder', () => {
  /** An NGINX without listeners. */
  const nginx: Pick<DataPlane, 'probe'> = {
    probe: (files) => probeListeners(files.flatMap(({listeners}) => listeners)),
  }
  const inUse = new Failure('no', {code: 'health-port', cause: {code: 'EADDRINUSE'}})

  it('names another program that has the port only on IPv6, not NGINX', async function () {
    skipBecause(this, hasIpv6 ? undefined : 'this host does not have ::1')
    const port = await freePort()
    const other = createServer((socket) => socket.destroy()).listen({port, host: '::1'})
    await once(other, 'listening')
    try {
      const named = (await nameHolder(inUse, {port}, nginx)) as Failure
      assert.equal(named.message, `no by process ${process.pid} of user ${process.getuid?.()}`)
    } finally {
      other.close()
    }
  })
})
