import assert from 'node:assert/strict'
import {CODES} from '../../../../src/diagnostics/catalogue.js'
import {checkSarif} from '../../../../src/lint/formats/check-sarif.js'
import {sarifProblems} from '../../../support/sarif-schema.js'
import {CLEAN, FOUND} from './check-samples.js'
import {CONFLICT, FILE} from '../../report/samples.js'

const runOf = (result: typeof FOUND) => JSON.parse(checkSarif(result)).runs[0]

describe('checkSarif', () => {
  for (const [what, result] of Object.entries({CLEAN, FOUND})) {
    it(`is valid by SARIF's schema: ${what}`, () => {
      assert.deepEqual(sarifProblems(JSON.parse(checkSarif(result))), [])
    })
  }

  it('is tested with a schema that rejects invalid logs', () => {
    assert.notDeepEqual(sarifProblems({version: '2.1.0', runs: [{tool: {driver: {}}}]}), [])
  })

  it('has all rules with help, and an empty list of results', () => {
    const {tool, results} = runOf(CLEAN)
    assert.deepEqual(
      (tool.driver.rules as {id: string}[]).map(({id}) => id),
      CODES,
    )
    for (const {help, name, defaultConfiguration} of tool.driver.rules) {
      assert.match(help.text, /--explain/)
      assert.match(name, /^[A-Z][A-Za-z]+$/)
      assert.match(defaultConfiguration.level, /^(error|warning|note)$/)
    }
    assert.deepEqual(results, [])
  })

  it('has results with paths from the root, related places and fixes', () => {
    const [conflict, bare] = runOf(FOUND).results
    const artifactLocation = {uri: 'k8s/demo.yaml', uriBaseId: 'SRCROOT'}
    const region = {startLine: 27, startColumn: 5, endLine: 27, endColumn: 9}
    assert.deepEqual(conflict.locations, [
      {
        physicalLocation: {artifactLocation, region},
        logicalLocations: [
          {fullyQualifiedName: 'Service default/b: metadata.annotations["loadbalancer-port.lbex/http"]'},
        ],
      },
    ])
    assert.equal(conflict.relatedLocations[0].message.text, 'the winner')
    assert.deepEqual(conflict.fixes[0].artifactChanges, [
      {artifactLocation, replacements: [{deletedRegion: region, insertedContent: {text: '"8080"'}}]},
    ])
    assert.deepEqual(bare.locations, [{logicalLocations: [{fullyQualifiedName: 'Service default/c'}]}])
  })

  it('has fingerprints that do not depend on lines', () => {
    const moved = {...CONFLICT, location: {...CONFLICT.location!, line: 99}}
    const results = runOf({...FOUND, diagnostics: [CONFLICT, moved, FILE]}).results as {
      partialFingerprints: object
    }[]
    const [before, after, other] = results.map(({partialFingerprints}) => partialFingerprints)
    assert.deepEqual(before, after)
    assert.notDeepEqual(before, other)
  })

  it('has no fixes for stdin, and absolute URIs outside of the repository', () => {
    const at = (file: string) => ({...CONFLICT, location: {...CONFLICT.location!, file, madeFrom: 't.yaml'}})
    const [stdin, outside] = [at('<stdin>'), at('/tmp/a.yaml')]
    const edits = new Map([[stdin, {location: stdin.location, text: 'x'}]])
    const log = {...FOUND, diagnostics: [stdin, outside], edits}
    assert.deepEqual(sarifProblems(JSON.parse(checkSarif(log))), [])
    const [first, second] = runOf(log).results
    assert.equal(first.fixes, undefined)
    assert.deepEqual(first.properties, {madeFrom: 't.yaml'})
    assert.deepEqual(first.locations[0].physicalLocation, {
      artifactLocation: {uri: 'k8s/t.yaml', uriBaseId: 'SRCROOT'},
      region: {startLine: 1},
    })
    assert.deepEqual(second.locations[0].physicalLocation.artifactLocation, {uri: 'file:///tmp/a.yaml'})
  })
})
