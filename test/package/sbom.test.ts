import assert from 'node:assert/strict'
import {noticesOf} from '../../scripts/package/notices.js'
import {sbomOf} from '../../scripts/package/sbom.js'
import {thisProject} from './project.js'

const SUBJECT = {
  name: 'lbex',
  version: '1.2.3',
  license: 'Apache-2.0',
  builtAt: '2026-01-02T03:04:05.000Z',
  node: '24.0.0',
}
const PACKAGE = {
  name: '@a/b',
  version: '2.0.0',
  license: 'MIT',
  integrity: 'sha512-AP8=',
  licenseText: 'Do it.',
}

describe('package: what lbex is made of', () => {
  const {bundled} = thisProject()

  it('is found in the bundle: each package once, with version, licence and hash', () => {
    const names = bundled.map(({name}) => name)
    for (const name of ['@oclif/core', '@kubernetes/client-node', 'yaml', 'liquidjs', 'pino', 'execa'])
      assert.equal(names.filter((each) => each === name).length, 1, name)
    for (const {name, version, license, integrity} of bundled)
      assert.ok(version && license && integrity?.startsWith('sha512-'), name)
    assert.ok(!names.includes('typescript') && !names.includes('esbuild'))
  })

  it('is a CycloneDX document', () => {
    const {metadata, components, dependencies} = sbomOf(SUBJECT, [PACKAGE])
    assert.deepEqual(metadata.component.purl, 'pkg:npm/lbex@1.2.3')
    assert.deepEqual(components[0], {
      type: 'library',
      'bom-ref': 'pkg:npm/%40a/b@2.0.0',
      name: '@a/b',
      version: '2.0.0',
      licenses: [{license: {id: 'MIT'}}],
      purl: 'pkg:npm/%40a/b@2.0.0',
      hashes: [{alg: 'SHA-512', content: '00ff'}],
    })
    assert.deepEqual(dependencies, [
      {ref: 'pkg:npm/lbex@1.2.3', dependsOn: ['pkg:npm/%40a/b@2.0.0', 'pkg:generic/node@24.0.0']},
    ])
  })

  it('is told to whoever gets it, as the licences ask', () => {
    assert.match(noticesOf([PACKAGE]), /^-+\n@a\/b 2\.0\.0 \(MIT\)\n-+\n\nDo it\.$/m)
    for (const {name, licenseText} of bundled) assert.ok(licenseText.length > 40, name)
  })
})
