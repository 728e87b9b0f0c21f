/** What the .deb does before it is unpacked, in a folder instead of the root of this host. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {thisProject} from './project.js'

describe('package: preinst of the .deb', () => {
  let folder: TemporaryFolder
  const inRoot = (path: string): string => join(folder.path, 'root', path)

  beforeEach(async () => {
    folder = await temporaryFolder()
    mkdirSync(join(folder.path, 'bin'))
    mkdirSync(inRoot('etc/systemd/system'), {recursive: true})
    standIn('systemctl', 'exit 0')
  })
  afterEach(() => folder.remove())

  const standIn = (program: string, script: string): void =>
    writeFileSync(join(folder.path, 'bin', program), `#!/bin/sh\n${script}\n`, {mode: 0o755})

  /** `status`: that of the package nginx, as dpkg-query prints it; absent: dpkg does not know the package. */
  function preinst(action: string, status?: string): void {
    standIn('dpkg-query', status === undefined ? 'exit 1' : `echo ${status}`)
    const script = join(thisProject().root, 'packaging/debian/preinst')
    const path = `${join(folder.path, 'bin')}:${process.env['PATH']}`
    const {status: code, stderr} = spawnSync('sh', [script, action], {
      encoding: 'utf8',
      env: {PATH: path, DPKG_ROOT: inRoot('')},
    })
    assert.deepEqual([stderr, code], ['', 0])
  }
  const units = (): string[] => readdirSync(inRoot('etc/systemd/system'))

  for (const status of [undefined, 'not-installed', 'unpacked', 'config-files']) {
    it(`masks the NGINX service that apt-get installs with lbex: ${status ?? 'unknown'}`, () => {
      preinst('install', status)
      assert.equal(readlinkSync(inRoot('etc/systemd/system/nginx.service')), '/dev/null')
      assert.ok(lstatSync(inRoot('var/lib/lbex/masked-nginx')).isFile())
    })
  }

  it('does not touch an NGINX that was there before, and none at an upgrade', () => {
    preinst('install', 'installed')
    preinst('upgrade')
    assert.deepEqual(units(), [])
  })

  it('does not touch a unit of the operator', () => {
    symlinkSync('/dev/null', inRoot('etc/systemd/system/nginx.service'))
    preinst('install')
    assert.deepEqual(readdirSync(inRoot('')), ['etc'])
  })
})
