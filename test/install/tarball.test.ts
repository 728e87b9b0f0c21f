/** The tarball on a Debian that has no Node, unpacked into /usr/local. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {complete} from '../commands/manifests.js'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePort} from '../support/ports.js'
import {skipBecause} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {artifact, version} from './artifacts.js'
import {execute, machineRoot, whyNoDebian} from './debian-roots.js'
import {Machine} from './machine.js'

describe('the tarball', function () {
  this.timeout(5 * INTEGRATION_TIMEOUT)
  this.bail(true)
  let folder: TemporaryFolder
  let machine: Machine
  let backend: Backend

  before(async function () {
    skipBecause(this, whyNoDebian())
    const root = await machineRoot()
    folder = await temporaryFolder()
    backend = await startTcpBackend('backend')
    await execute('cp', artifact('.tar.gz'), join(folder.path, 'lbex.tar.gz'))
    machine = await Machine.boot(root, folder.path)
  })
  after(async () => {
    await machine?.powerOff()
    await backend?.close()
    await folder?.remove()
  })

  it('runs where there is no Node, also through a link', async () => {
    assert.equal(await machine.says('sh', '-c', 'command -v node'), '')
    await machine.run('tar', '-C', '/usr/local', '--strip-components=1', '-xzf', '/shared/lbex.tar.gz')
    assert.equal(await machine.run('lbex', '--version'), `lbex/${version()} linux-x64 node-v24.21.0`)
    await machine.run('ln', '-s', '/usr/local/bin/lbex', '/usr/bin/balance')
    assert.equal(await machine.run('balance', '--version'), await machine.run('lbex', '--version'))
  })

  it('serves as a service, and is drained', async () => {
    const [port, healthPort] = [await freePort(), await freePort()]
    writeFileSync(join(folder.path, 'web.yaml'), complete('web', port, backend.port))
    await machine.run('useradd', '--system', '--user-group', '--home-dir', '/var/lib/lbex', 'lbex')
    await machine.shell(
      `printf 'LBEX_FILENAME=/shared/web.yaml\\nLBEX_LISTEN_ADDRESS=127.0.0.1\\nLBEX_ALLOW_LOCAL_ENDPOINTS=true\\nLBEX_HEALTH_PORT=${healthPort}\\n' > /etc/default/lbex`,
    )
    await machine.run('systemctl', 'daemon-reload')
    await machine.run('systemctl', 'start', 'lbex')
    const answer = () => askTcp({port}).catch(() => undefined)
    assert.equal(await waitFor(answer, {what: 'the Service to answer', deadline: 30_000}), 'backend')
    await machine.run('systemctl', 'stop', 'lbex-nginx')
    assert.equal(await answer(), undefined)
  })
})
