import assert from 'node:assert/strict'
import {checkProgram} from '../../../src/doctor/program.js'
import {testNginx} from '../../support/nginx-binary.js'

describe('checkProgram', () => {
  it('reports the NGINX that it found', async () => {
    const {binary, capabilities} = await testNginx()
    const modulePath = capabilities.streamModule
    const {finding, nginx} = await checkProgram({binary, ...(modulePath !== undefined && {modulePath})})
    const stream = modulePath === undefined ? 'built in' : `from ${modulePath}`
    assert.deepEqual(finding, {
      check: 'nginx',
      state: 'ok',
      message: `NGINX ${capabilities.version.join('.')} at ${binary}, stream ${stream}`,
    })
    assert.deepEqual(nginx?.capabilities, capabilities)
  })

  it('says what to install if there is no NGINX', async () => {
    const {finding, nginx} = await checkProgram({binary: '/none'})
    assert.deepEqual(
      [finding.state, finding.message, nginx],
      ['problem', 'NGINX was not found: /none is not an executable file', undefined],
    )
    assert.match(finding.fix ?? '', /apt-get install nginx libnginx-mod-stream/)
  })
})
