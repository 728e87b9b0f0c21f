import assert from 'node:assert/strict'
import {applyPolicy, EVERYWHERE, isOff, type Policy} from '../../../src/lint/policy.js'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import {aService} from '../../support/builders.js'

const inFile = (file: string): Diagnostic => ({
  ...diagnose('class-foreign', {
    subject: aService().build(),
    args: {serving: 'class metallb', className: 'loadbalancer-lbex'},
  }),
  location: {file, line: 1, column: 1, endLine: 1, endColumn: 1},
})

const NOTHING = {disable: [], severity: new Map()} as const
const policy: Policy = [
  {...NOTHING, applies: EVERYWHERE, severity: new Map([['class-foreign', 'info']])},
  {...NOTHING, applies: (file) => file.startsWith('old/'), disable: ['class-foreign']},
  {
    ...NOTHING,
    applies: (file) => file === 'old/but-new.yaml',
    severity: new Map([['class-foreign', 'error']]),
  },
]

const severities = (file: string, used = policy) =>
  applyPolicy([inFile(file)], used).map(({severity}) => severity)

describe('applyPolicy', () => {
  it('changes severities and removes disabled codes; the last entry wins', () => {
    assert.deepEqual(severities('a.yaml'), ['info'])
    assert.deepEqual(severities('old/a.yaml'), [])
    assert.deepEqual(severities('old/but-new.yaml'), ['error'])
    assert.deepEqual(severities('a.yaml', []), ['warning'])
  })

  it('keeps unchanged diagnostics by identity', () => {
    const diagnostic = inFile('a.yaml')
    assert.equal(applyPolicy([diagnostic], [])[0], diagnostic)
  })

  it('uses the file of the origin if there is no location, or no file', () => {
    const {location: _, ...unplaced} = inFile('x')
    assert.deepEqual(
      applyPolicy([{...unplaced, origin: {file: 'old/a.yaml', document: 0, path: []}}], policy),
      [],
    )
    assert.equal(applyPolicy([unplaced], policy).length, 1)
  })

  it('knows codes that are disabled everywhere', () => {
    assert.equal(isOff('class-foreign', policy), false)
    assert.equal(
      isOff('class-foreign', [{...NOTHING, applies: EVERYWHERE, disable: ['class-foreign']}]),
      true,
    )
  })
})
