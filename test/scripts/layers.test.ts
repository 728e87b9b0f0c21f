import assert from 'node:assert/strict'
import {withLayers} from '../../scripts/docs/layers-list.js'
import {importsInWords, isPure, LAYERS, layerOf} from '../../scripts/layers.mjs'

describe('layers', () => {
  const names = Object.keys(LAYERS)

  for (const [layer, {mayImport, typesOf = []}] of Object.entries(LAYERS)) {
    it(`${layer} imports only layers below it`, () => {
      const below = names.slice(names.indexOf(layer) + 1)
      for (const folder of [...mayImport, ...typesOf]) assert.ok(below.includes(folder.split('/')[0] ?? ''))
    })
  }

  it('are pure by folder', () => {
    assert.equal(isPure('src/core/model/serve.ts'), true)
    assert.equal(isPure('src/lint/policy.ts'), true)
    assert.equal(isPure('src/lint/command/check.ts'), false)
    assert.equal(isPure('src/dataplane/nginx/config/render.ts'), true)
    assert.equal(isPure('src/dataplane/nginx/store/tree.ts'), false)
  })

  it('are the first folder of a file', () => {
    assert.equal(layerOf('src/core/model/serve.ts'), 'core')
  })

  it('say what they import', () => {
    assert.equal(importsInWords('report'), 'core, diagnostics')
    assert.equal(importsInWords('diagnostics'), 'nothing')
    assert.match(importsInWords('controller'), /^core, .*; types of .*dataplane$/)
  })

  it('refuse a page without the marks', () => {
    assert.throws(() => withLayers('# Architecture\n'), /the page lacks/)
  })
})
