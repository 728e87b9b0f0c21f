import assert from 'node:assert/strict'
import {everywhere, parseLogLevels} from '../../../src/cli/log-levels.js'

describe('parseLogLevels', () => {
  it('reads one level for all components', () => {
    assert.deepEqual(parseLogLevels('debug'), {
      process: 'debug',
      controller: 'debug',
      nginx: 'debug',
      api: 'debug',
      health: 'debug',
    })
  })

  for (const [text, levels] of [
    ['info,nginx=debug,api=warn', {...everywhere('info'), nginx: 'debug', api: 'warn'}],
    ['api=error', {...everywhere('info'), api: 'error'}],
    ['nginx=debug,warn', {...everywhere('warn'), nginx: 'debug'}],
    [' warn , nginx=debug ', {...everywhere('warn'), nginx: 'debug'}],
    ['warn,api=error,error,api=debug', {...everywhere('error'), api: 'debug'}],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseLogLevels(text), levels)
    })
  }

  const levels = 'level must be one of error, warn, info, debug'
  const components = 'component must be one of process, controller, nginx, api, health'
  for (const [text, message, hint] of [
    ['debgu', `${levels}, this is "debgu"`, 'did you mean debug?'],
    ['info,', `${levels}, this is ""`, undefined],
    ['nginx', `${levels}, this is "nginx"`, undefined],
    ['nginx=loud', `${levels}, this is "loud"`, undefined],
    ['info,ngnix=debug', `${components}, this is "ngnix"`, 'did you mean nginx?'],
    ['=debug', `${components}, this is ""`, undefined],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseLogLevels(text), {name: 'UsageError', message, hint})
    })
  }
})
