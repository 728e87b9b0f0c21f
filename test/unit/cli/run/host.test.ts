import assert from 'node:assert/strict'
import {discoverOptions, renderHost} from '../../../../src/cli/run/host.js'
import type {NginxFlags} from '../../../../src/cli/flags/nginx.js'
import type {OutputFlags} from '../../../../src/cli/flags/output.js'
import {flagsOf} from './flags.js'

type Flags = NginxFlags & OutputFlags

describe('renderHost', () => {
  it('assumes the same host on every machine', async () => {
    assert.deepEqual(await renderHost(await flagsOf<Flags>()), {
      nginx: {version: [1, 22, 1], plus: false, liveUpdates: false},
      limits: {workers: 2, openFiles: 65_536, ipv6: true, workersStayRoot: false},
      directory: '/var/lib/lbex/nginx',
    })
  })

  it('uses the values of flags', async () => {
    const flags = await flagsOf<Flags>('--target-nginx=1.31.0', '--nginx-module=/m.so', '--nginx-dir=/srv/n')
    const {nginx, directory} = await renderHost(flags)
    assert.deepEqual(nginx, {version: [1, 31, 0], plus: false, liveUpdates: false, streamModule: '/m.so'})
    assert.equal(directory, '/srv/n')
  })

  for (const argv of [
    ['--nginx-bin=/none'],
    ['--nginx-bin=/none', '--validate'],
    ['--nginx-bin=/none', '--diff=live'],
  ]) {
    it(`asks the installed NGINX for ${argv.join(' ')}`, async () => {
      await assert.rejects(renderHost(await flagsOf<Flags>(...argv)), {
        name: 'Failure',
        code: 'nginx-not-found',
      })
    })
  }
})

describe('discoverOptions', () => {
  it('contains only what the flags set', async () => {
    assert.deepEqual(discoverOptions(await flagsOf<Flags>()), {})
    assert.deepEqual(discoverOptions(await flagsOf<Flags>('--nginx-bin=/a', '--nginx-module=/m.so')), {
      binary: '/a',
      modulePath: '/m.so',
    })
  })
})
