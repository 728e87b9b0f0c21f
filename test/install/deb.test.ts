/** The .deb on a Debian with a real systemd: installed, served with, restarted, killed, upgraded, stopped, removed and purged. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {complete} from '../commands/manifests.js'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePorts} from '../support/ports.js'
import {skipBecause} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp, Pump} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {artifact} from './artifacts.js'
import {execute, machineRoot, whyNoDebian} from './debian-roots.js'
import {Machine} from './machine.js'

/** An address of this host that nobody else uses, so that a port below 1024 is free there. */
const ADDRESS = '127.93.47.11'
const PORT = 80
/** Of the second instance. */
const SECOND_PORT = 81

/** For find: folders that no package writes. */
const NOT_OURS = '! -path "/proc/*" ! -path "/shared/*" ! -path "/var/log/*" ! -path "/run/*"'

const UNITS = ['lbex.service', 'lbex-nginx.service']

describe('the .deb', function () {
  this.timeout(5 * INTEGRATION_TIMEOUT)
  // Each step begins where the one before has ended.
  this.bail(true)
  let folder: TemporaryFolder
  let machine: Machine
  let backend: Backend
  let healthPort: number
  let secondHealthPort: number

  before(async function () {
    skipBecause(this, whyNoDebian())
    const root = await machineRoot()
    folder = await temporaryFolder()
    backend = await startTcpBackend('backend')
    ;[healthPort = 0, secondHealthPort = 0] = await freePorts(2)
    writeFileSync(join(folder.path, 'web.yaml'), complete('web', PORT, backend.port))
    writeFileSync(join(folder.path, 'second.yaml'), complete('second', SECOND_PORT, backend.port))
    await execute('cp', artifact('.deb'), join(folder.path, 'lbex.deb'))
    await packNext(folder.path)
    machine = await Machine.boot(root, folder.path)
  })
  after(async () => {
    await machine?.powerOff()
    await backend?.close()
    await folder?.remove()
  })

  const answer = () => askTcp({port: PORT, address: ADDRESS}, 1000).catch(() => undefined)
  const isReady = async () => {
    const response = await fetch(`http://${ADDRESS}:${healthPort}/readyz`).catch(() => undefined)
    return response?.status === 200
  }
  const ready = () => waitFor(isReady, {what: 'lbex to be ready', deadline: 30_000})
  const property = (name: string, unit = 'lbex') =>
    machine.run('systemctl', 'show', '-p', name, '--value', unit)
  const mainProcess = () => property('MainPID')
  const journal = () => machine.run('journalctl', '-u', 'lbex', '--no-pager')
  const oneOfProc = (pid: string, file: string) => machine.shell(`cat /proc/${pid}/${file}`)
  const master = () => machine.shell('cat /var/lib/lbex/nginx/run/nginx.pid')
  /** The titles of its processes. */
  const nginx = async () => {
    const text = await machine.shell(
      'for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline; echo; done 2>/dev/null; true',
    )
    return text.split('\n').filter((line) => line.startsWith('nginx: '))
  }
  const isDrained = async () => (await nginx()).length === 0
  const drained = () => waitFor(isDrained, {what: 'NGINX to be drained', deadline: 30_000})

  /** What happens must cost no client a connection, and leave the NGINX that there was. */
  async function withoutLoss(happens: () => Promise<unknown>): Promise<void> {
    const before = await master()
    const pump = new Pump({targets: [{port: PORT, address: ADDRESS}], perSecond: 200, limit: 20_000})
    await happens()
    const {succeeded, problems} = await pump.stop()
    assert.deepEqual(problems, {})
    assert.ok(succeeded > 20, `${succeeded} connections`)
    assert.equal(await master(), before)
  }

  it('is installed, and starts nothing by itself', async () => {
    await machine.run('apt-get', 'install', '-qq', '/shared/lbex.deb')
    assert.match(await machine.run('lbex', '--version'), /^lbex\/\S+ linux-x64 node-v24/)
    assert.equal(await machine.says('systemctl', 'is-active', 'lbex'), 'inactive')
    assert.equal(
      await machine.says('systemd-analyze', 'verify', '--man=no', ...UNITS, 'lbex@second.service'),
      '',
    )
    // A rating of at most 1.7; the command fails if one is worse.
    await machine.run('systemd-analyze', 'security', '--no-pager', '--threshold=17', ...UNITS)
    assert.match(await machine.run('id', 'lbex'), /^uid=\d+\(lbex\) gid=\d+\(lbex\) groups=\d+\(lbex\)$/)
  })

  it('serves below port 1024 as a user of its own, as /etc/default/lbex says', async () => {
    const variables = {
      FILENAME: '/shared/web.yaml',
      LISTEN_ADDRESS: ADDRESS,
      HEALTH_ADDRESS: ADDRESS,
      HEALTH_PORT: healthPort,
      WORKERS: 1,
      ALLOW_LOCAL_ENDPOINTS: true,
    }
    const lines = Object.entries(variables).map(([name, value]) => `LBEX_${name}=${value}`)
    await machine.shell(`printf '%s\\n' ${lines.join(' ')} >> /etc/default/lbex`)
    await machine.run('systemctl', 'enable', '--now', 'lbex')
    // The command returns when lbex serves.
    assert.equal(await answer(), 'backend')
    assert.equal(await property('StatusText'), 'serving 1 Service, 1 listener')
    const status = await oneOfProc(await mainProcess(), 'status')
    assert.match(status, /^Name:\slbex$/m)
    assert.match(status, /^CapEff:\s0*400$/m)
    assert.match(status, /^NoNewPrivs:\s1$/m)
    assert.match(status, /^Uid:\s(?!0\s)/m)
  })

  it('has a unit of its own for NGINX', async () => {
    const processesIn = (unit: string) => machine.shell(`grep -ls /${unit} /proc/[0-9]*/cgroup | wc -l`)
    assert.equal(await processesIn('lbex-nginx.service'), `${(await nginx()).length}`)
    assert.equal(await processesIn('lbex.service'), '1')
  })

  it('looks again when it is reloaded, and stays', async () => {
    const before = await mainProcess()
    await machine.run('systemctl', 'reload', 'lbex')
    const looksAgain = async () => (await journal()).includes('reading everything again')
    await waitFor(looksAgain, {what: 'the word of the reload'})
    await waitFor(async () => (await state()) === 'active', {what: 'the end of the reload'})
    assert.equal(await mainProcess(), before)
    assert.equal(await answer(), 'backend')
  })

  it('is restarted without a lost connection', async () => {
    await withoutLoss(() => machine.run('systemctl', 'restart', 'lbex'))
    assert.doesNotMatch(await journal(), /left-over process|remains running/)
  })

  it('comes back after a crash without a lost connection', async () => {
    await withoutLoss(async () => {
      const killed = await mainProcess()
      await machine.run('systemctl', 'kill', '--signal=KILL', '--kill-who=main', 'lbex')
      await waitFor(async () => !['0', killed].includes(await mainProcess()), {what: 'another lbex'})
      await ready()
    })
  })

  it('is ended by systemd if it hangs, and comes back without a lost connection', async () => {
    await machine.shell(
      'mkdir -p /run/systemd/system/lbex.service.d && cd /run/systemd/system/lbex.service.d && ' +
        'printf "[Service]\\nWatchdogSec=5s\\n" > watchdog.conf && systemctl daemon-reload',
    )
    await withoutLoss(async () => {
      await machine.run('systemctl', 'restart', 'lbex')
      const hanging = await mainProcess()
      await machine.run('systemctl', 'kill', '--signal=STOP', '--kill-who=main', 'lbex')
      await waitFor(async () => !['0', hanging].includes(await mainProcess()), {
        what: 'another lbex',
        deadline: 60_000,
      })
      await ready()
    })
    assert.match(await journal(), /Watchdog timeout/)
    await machine.shell('rm -r /run/systemd/system/lbex.service.d && systemctl daemon-reload')
    await machine.run('systemctl', 'restart', 'lbex')
  })

  it('is upgraded without a lost connection', async () => {
    await withoutLoss(async () => {
      const old = await mainProcess()
      await machine.run('dpkg', '--install', '/shared/next.deb')
      assert.notEqual(await mainProcess(), old)
      await ready()
    })
    assert.match(await machine.shell('cat /etc/default/lbex'), new RegExp(`LBEX_HEALTH_PORT=${healthPort}`))
  })

  it('runs a second time beside the first, with settings, state and NGINX of its own', async () => {
    assert.match(await machine.says('systemctl', 'start', 'lbex@second'), /Assertion failed/)
    const own = `s/web.yaml/second.yaml/; s/^LBEX_HEALTH_PORT=.*/LBEX_HEALTH_PORT=${secondHealthPort}/`
    await machine.shell(`sed '${own}' /etc/default/lbex > /etc/default/lbex-second`)
    const before = await nginx()
    await withoutLoss(async () => {
      await machine.run('systemctl', 'start', 'lbex@second')
      assert.equal(await askTcp({port: SECOND_PORT, address: ADDRESS}, 1000), 'backend')
      assert.equal((await nginx()).length, 2 * before.length)
      await machine.run('systemctl', 'stop', 'lbex-nginx@second')
    })
    assert.deepEqual(await nginx(), before)
    assert.match(await machine.shell('ls /var/lib/lbex-second'), /^nginx$/)
    await machine.run('rm', '/etc/default/lbex-second')
  })

  it('is stopped: NGINX is drained, and nothing is left', async () => {
    await machine.run('systemctl', 'stop', 'lbex')
    await drained()
    assert.equal(await answer(), undefined)
    await waitFor(async () => (await machine.says('systemctl', 'is-active', 'lbex-nginx')) === 'inactive', {
      what: 'the unit of NGINX to end',
    })
  })

  it('is stopped with all that it has by stopping the unit of NGINX, which waits for the drain', async () => {
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await machine.run('systemctl', 'stop', 'lbex-nginx')
    assert.deepEqual(await nginx(), [])
    assert.equal(await machine.says('systemctl', 'is-active', 'lbex'), 'inactive')
  })

  it('is started however often it was stopped and started just before', async () => {
    // Without waiting until it serves, because systemd counts the starts within ten seconds.
    const again = 'systemctl start --no-block lbex && systemctl stop lbex'
    await machine.shell(`for count in 1 2 3 4 5 6 7 8; do ${again} || exit 1; done`)
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await machine.run('systemctl', 'stop', 'lbex')
    await drained()
  })

  const state = () => machine.says('systemctl', 'is-active', 'lbex')
  const addSetting = (line: string) => machine.shell(`echo '${line}' >> /etc/default/lbex`)
  const removeLastSetting = () => machine.shell("sed -i '$d' /etc/default/lbex")

  it('is not started again after wrong usage, and costs no connection until the mistake is corrected', async () => {
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await withoutLoss(async () => {
      await addSetting('LBEX_RELOAD_INTERVAL=junk')
      await machine.says('systemctl', 'restart', 'lbex')
      await waitFor(async () => (await state()) === 'failed', {what: 'lbex to fail for good'})
      assert.equal(await machine.run('systemctl', 'show', '-p', 'NRestarts', '--value', 'lbex'), '0')
      await machine.says('systemctl', 'restart', 'lbex')
      await waitFor(async () => (await state()) === 'failed', {what: 'lbex to fail again'})
      await removeLastSetting()
      await machine.run('systemctl', 'start', 'lbex')
      await ready()
    })
    await machine.run('systemctl', 'stop', 'lbex')
    await drained()
  })

  it('is stopped after it has failed for good: what was served until then is drained', async () => {
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await addSetting('LBEX_RELOAD_INTERVAL=junk')
    await machine.says('systemctl', 'restart', 'lbex')
    await waitFor(async () => (await state()) === 'failed', {what: 'lbex to fail for good'})
    assert.equal(await answer(), 'backend')
    await machine.run('systemctl', 'stop', 'lbex')
    await drained()
    await removeLastSetting()
  })

  it('is stopped while it waits for a restart: what was served until then is drained', async () => {
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await addSetting('LBEX_HEALTH_ADDRESS=192.0.2.1')
    await machine.says('systemctl', 'restart', 'lbex')
    const isWaiting = async () => (await property('SubState')) === 'auto-restart'
    await waitFor(isWaiting, {what: 'lbex to wait for a restart', deadline: 30_000})
    assert.equal(await answer(), 'backend')
    await machine.run('systemctl', 'stop', 'lbex')
    await drained()
    await removeLastSetting()
  })

  it('is removed while it serves: drained, and gone but for its settings and state', async () => {
    await machine.run('systemctl', 'start', 'lbex')
    await ready()
    await machine.run('apt-get', 'remove', '-qq', 'lbex')
    assert.deepEqual(await nginx(), [])
    assert.equal(await answer(), undefined)
    assert.equal(
      await machine.says('ls', '/usr/lib/lbex'),
      "ls: cannot access '/usr/lib/lbex': No such file or directory",
    )
    assert.match(await machine.shell('ls /etc/default/lbex /var/lib/lbex'), /nginx$/)
  })

  it('is purged without a trace, and what the operator made is left to root alone', async () => {
    await machine.run('install', '-D', '-m', '0640', '-g', 'lbex', '/dev/null', '/etc/lbex/kubeconfig')
    await machine.run('apt-get', 'purge', '-qq', 'lbex')
    assert.equal(await machine.shell('stat -c "%U %G %a" /etc/lbex/kubeconfig'), 'root root 600')
    await machine.run('rm', '-r', '/etc/lbex')
    const found = (what: string) => machine.shell(`find / -xdev ${what} ${NOT_OURS}`)
    assert.equal(await found('-name "*lbex*"'), '')
    assert.equal(await found('\\( -nouser -o -nogroup \\)'), '')
    assert.equal(await machine.says('getent', 'passwd', 'lbex'), '')
  })
})

/** The same package with the next version. */
async function packNext(folder: string): Promise<void> {
  const tree = join(folder, 'next')
  await execute('dpkg-deb', '--raw-extract', join(folder, 'lbex.deb'), tree)
  await execute('sed', '-i', 's/^Version: .*/&+next/', join(tree, 'DEBIAN/control'))
  await execute('dpkg-deb', '-Znone', '--root-owner-group', '--build', tree, join(folder, 'next.deb'))
  await execute('rm', '-r', tree)
}
