import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {packageVersion, readTemplates} from '../../../../src/cli/run/package.js'

const text = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')

describe('package', () => {
  it('finds the templates', async () => {
    assert.deepEqual(await readTemplates(), {
      main: await text('templates/nginx.conf.liquid'),
      service: await text('templates/service.conf.liquid'),
      script: await text('templates/live.js'),
    })
  })

  it('knows its version', async () => {
    assert.equal(packageVersion(), JSON.parse(await text('package.json')).version)
  })
})
