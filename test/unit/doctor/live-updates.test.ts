import assert from 'node:assert/strict'
import {checkLiveUpdates} from '../../../src/doctor/live-updates.js'

const INSTALL =
  'apt-get install libnginx-mod-stream-js (Debian 13 or newer), nginx-module-njs (packages of nginx.org), apk add nginx-mod-stream-js (Alpine)'

describe('checkLiveUpdates', () => {
  it('reports njs that supports them', () => {
    const finding = {check: 'live-updates', state: 'ok'}
    assert.deepEqual(checkLiveUpdates({state: 'usable', module: '/m.so', engine: 'qjs'}), {
      ...finding,
      message: 'servers can change without a reload of NGINX: njs from /m.so',
    })
    assert.deepEqual(checkLiveUpdates({state: 'usable', engine: 'njs'}), {
      ...finding,
      message:
        'servers can change without a reload of NGINX: njs, built in, with --live-updates on; its engine is not QuickJS',
    })
  })

  it('says what to install if there is none, or an old one', () => {
    const finding = {check: 'live-updates', state: 'ok'}
    assert.deepEqual(checkLiveUpdates({state: 'missing'}), {
      ...finding,
      message: `each change of servers reloads NGINX; without a reload: ${INSTALL}`,
    })
    assert.deepEqual(checkLiveUpdates({state: 'too-old', module: '/m.so'}), {
      ...finding,
      message: `each change of servers reloads NGINX: njs from /m.so is older than 0.8.0; without a reload: ${INSTALL}`,
    })
  })

  it('warns of a module that NGINX does not load, or that lbex cannot test', () => {
    assert.deepEqual(checkLiveUpdates({state: 'refused', module: '/m.so', why: 'not binary compatible'}), {
      check: 'live-updates',
      state: 'warning',
      message:
        'each change of servers reloads NGINX, because it does not accept njs from /m.so: not binary compatible',
      fix: 'install NGINX and njs from the same source',
    })
    assert.deepEqual(checkLiveUpdates({state: 'untested', module: '/m.so', why: 'EROFS'}), {
      check: 'live-updates',
      state: 'warning',
      message: 'each change of servers reloads NGINX, because njs from /m.so could not be tested: EROFS',
      fix: 'make the folder for temporary files writable (TMPDIR)',
    })
  })
})
