import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stagePrefix} from '../../scripts/package/stage.js'
import {unitFiles, UNITS} from '../../scripts/package/units.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {temporaryFolder} from '../support/temporary-folder.js'
import {thisProject} from './project.js'

/** `key=value` of a unit, in order, repeated keys included. */
function settingsOf(unit: string): string[] {
  return settingsIn(readFileSync(join(thisProject().root, 'packaging/systemd', unit), 'utf8'))
}

function settingsIn(text: string): string[] {
  return text.split('\n').filter((line) => /^[A-Z]\w+=/.test(line))
}

describe('package: the systemd units', () => {
  it('are what systemd-analyze verify accepts', async function () {
    skipBecause(this, whyNoProgram('systemd-analyze', 'systemd'))
    const folder = await temporaryFolder()
    try {
      const node = {binary: '/bin/true', license: '/dev/null'}
      stagePrefix(thisProject(), folder.path, node, {prefix: folder.path, zsh: 'zsh'})
      const names = [...UNITS, ...UNITS.map((unit) => unit.replace('.', '@.'))]
      const units = names.map((unit) => join(folder.path, 'lib/systemd/system', unit))
      const {stderr, status} = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
        encoding: 'utf8',
      })
      assert.deepEqual([stderr, status], ['', 0])
    } finally {
      await folder.remove()
    }
  })

  it('have templates for further instances, which differ in names, settings and state alone', () => {
    const sources = {
      'lbex.service': `Documentation=man:lbex-run(1)\n# (systemctl edit lbex)\n`,
      'lbex-nginx.service': `StateDirectory=lbex\nEnvironmentFile=-/etc/default/lbex\nExecStart=/usr/bin/lbex run\n`,
      'lbex-failed.target': 'Description=NGINX of lbex\nPartOf=lbex.service\nRequires=lbex-nginx.service\n',
    }
    const files = unitFiles(sources, '/usr/local')
    assert.deepEqual(files, {
      ...sources,
      'lbex-nginx.service': sources['lbex-nginx.service'].replace('/usr/bin', '/usr/local/bin'),
      'lbex@.service':
        'Documentation=man:lbex-run(1)\nAssertPathExists=/etc/default/lbex-%i\n# (systemctl edit lbex@NAME)\n',
      'lbex-nginx@.service':
        'StateDirectory=lbex-%i\nEnvironmentFile=-/etc/default/lbex-%i\nExecStart=/usr/local/bin/lbex run\n',
      'lbex-failed@.target':
        'Description=NGINX of lbex %i\nPartOf=lbex@%i.service\nRequires=lbex-nginx@%i.service\n',
    })
  })

  it('give a further instance nothing of the first one', () => {
    const textOf = (unit: string): string =>
      readFileSync(join(thisProject().root, 'packaging/systemd', unit), 'utf8')
    const sources = {
      'lbex.service': textOf('lbex.service'),
      'lbex-nginx.service': textOf('lbex-nginx.service'),
      'lbex-failed.target': textOf('lbex-failed.target'),
    }
    const files = unitFiles(sources, '/usr')
    const own = UNITS.flatMap((unit) => settingsIn(files[unit.replace('.', '@.')] ?? '')).filter((line) =>
      /lbex(?!-run|-drain)/.test(line.replaceAll(/\/usr\/(bin|lib)\/lbex\b/g, '')),
    )
    assert.deepEqual(
      own.filter((line) => !/%i|^(User|Group|SyslogIdentifier)=lbex$/.test(line)),
      [],
    )
    assert.ok(own.includes('StateDirectory=lbex-%i'))
    assert.ok(own.includes('EnvironmentFile=-/etc/default/lbex-%i'))
  })

  it('notify systemd: only lbex itself may, and NGINX is in a unit of its own', () => {
    const settings = settingsOf('lbex.service')
    for (const line of ['Type=notify', 'NotifyAccess=main', 'WatchdogSec=60s', 'SuccessExitStatus=130 143'])
      assert.ok(settings.includes(line), line)
    assert.ok(settings.some((line) => /^Environment=.* LBEX_NGINX_UNIT=lbex-nginx\.service$/.test(line)))
    for (const line of ['Delegate=yes', 'OOMPolicy=continue'])
      assert.ok(settingsOf('lbex-nginx.service').includes(line), line)
  })

  it('run lbex and its drain behind the same walls, but for what a drain must see', () => {
    const walls = (unit: string) =>
      settingsOf(unit).filter((line) =>
        /^(NoNew|Protect|Private|Restrict[A-Z]|Lock|SystemCall|UMask|State)/.test(line),
      )
    assert.deepEqual(walls('lbex.service'), walls('lbex-nginx.service'))
    const capabilities = (unit: string) =>
      settingsOf(unit).filter((line) => /^AmbientCapabilities|^Capability/.test(line))
    assert.deepEqual(capabilities('lbex.service'), [
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
      'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
    ])
  })

  it('run lbex on a host of a group behind the same walls', () => {
    const ofGroup = readFileSync(join(thisProject().root, 'gce/cloud-init.yaml'), 'utf8')
    const walls = settingsOf('lbex.service').filter((line) =>
      /^(NoNew|Protect|Private|RestrictN|RestrictR|RestrictS|Lock|SystemCall|UMask|State)/.test(line),
    )
    assert.ok(walls.includes('ProtectProc=invisible'))
    assert.deepEqual(
      walls.filter((line) => !ofGroup.includes(`      ${line}\n`)),
      [],
    )
  })

  it('do not start lbex again and again after wrong usage, on a host of a group neither', () => {
    const ofGroup = readFileSync(join(thisProject().root, 'gce/cloud-init.yaml'), 'utf8')
    assert.match(ofGroup, /^ +RestartPreventExitStatus=2$/m)
    assert.ok(settingsOf('lbex.service').includes('RestartPreventExitStatus=2'))
  })

  it('let NGINX outlive lbex, and drain it when lbex is stopped for good', () => {
    const has = (unit: string, ...lines: string[]) =>
      assert.deepEqual(
        lines.filter((line) => !settingsOf(unit).includes(line)),
        [],
      )
    has('lbex.service', 'KillMode=process', 'Restart=always', 'Requires=lbex-nginx.service')
    has('lbex.service', 'After=lbex-nginx.service', 'StartLimitIntervalSec=0', 'OOMPolicy=continue')
    has('lbex-nginx.service', 'StopWhenUnneeded=yes', 'RemainAfterExit=yes', 'ExecStop=/usr/bin/lbex drain')
    has('lbex-nginx.service', 'StartLimitIntervalSec=0')
    has('lbex.service', 'OnFailure=lbex-failed.target')
    has('lbex-failed.target', 'Requires=lbex-nginx.service', 'PartOf=lbex.service')
  })

  it('offer variables that lbex knows', () => {
    const text = readFileSync(join(thisProject().root, 'packaging/etc/default/lbex'), 'utf8')
    const manifest = readFileSync(join(thisProject().root, 'oclif.manifest.json'), 'utf8')
    const offered = [...text.matchAll(/^#(LBEX_\w+)=/gm)].map(([, name = '']) => name)
    assert.ok(offered.length > 3)
    assert.deepEqual(
      offered.filter((name) => !manifest.includes(`"${name}"`)),
      [],
    )
  })
})
