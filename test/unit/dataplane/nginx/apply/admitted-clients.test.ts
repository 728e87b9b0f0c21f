import assert from 'node:assert/strict'
import {admitsMore} from '../../../../../src/dataplane/nginx/apply/admitted-clients.js'
import {aService, aSnapshot, options} from '../../../../support/builders.js'
import {filesOf} from '../../../../support/shared-services.js'
import {translate} from '../../../../support/translate.js'

/** The file of listeners with a Service for each item: its hosts, and its source ranges if it has any. */
function byName(...services: readonly (readonly [hosts: string, ranges?: string, to?: number])[]): string {
  const files = filesOf(
    services.map(([hosts, ranges, to = 1], index) => ({
      name: `s${index}`,
      ...(to > 0 && {to}),
      annotations: {hosts, ...(ranges !== undefined && {'source-ranges': ranges})},
    })),
    8443,
  )
  return files.map(({text}) => text).join('')
}

/** The file of a Service with two ports, each for the names a.test or b.test. */
function twoPorts(
  annotations: Readonly<Record<string, string>>,
  hosts: Readonly<Record<string, string | undefined>>,
): string {
  const all = {'hosts.a': 'a.test', 'hosts.b': 'b.test', ...hosts}
  const names = Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
  const service = aService('web')
    .annotated({'upstream-type': 'cluster-ip', ...annotations, ...names})
    .port('a', 1, {listen: 8441})
    .port('b', 2, {listen: 8442})
  const {files} = translate(aSnapshot([service]), options())
  return files.find(({owners}) => owners.length > 0)?.text ?? ''
}

function byWeight(...to: readonly number[]): string {
  const services = to.map((port, index) => ({
    name: `s${index}`,
    ...(port > 0 && {to: port}),
    annotations: {'shared-listener': 'a'},
  }))
  return filesOf(services, 8443)
    .map(({text}) => text)
    .join('')
}

const TEN = '10.0.0.0/8'
const BOTH = '10.0.0.0/8, 192.0.2.0/24'

describe('admitsMore', () => {
  it('compares the ranges of each server name', () => {
    const open = byName(['a.test'], ['b.test'])
    const ten = byName(['a.test', TEN], ['b.test'])
    const both = byName(['a.test', BOTH], ['b.test'])
    const all = byName(['a.test', TEN], ['b.test', TEN])
    assert.equal(admitsMore(open, ten), true)
    assert.equal(admitsMore(both, ten), true)
    assert.equal(admitsMore(ten, all), true)
    assert.equal(admitsMore(open, all), true)
    for (const wider of [open, both, ten]) assert.equal(admitsMore(ten, wider), false)
    assert.equal(admitsMore(all, ten), false)
    assert.equal(
      admitsMore(byName(['a.test', TEN], ['*.b.test', BOTH]), byName(['a.test', BOTH], ['*.b.test', TEN])),
      true,
    )
  })

  it('compares the names of each listener', () => {
    const open = twoPorts({}, {})
    const closed = twoPorts({}, {'hosts.b': 'c.test'})
    assert.equal(admitsMore(open, closed), true)
    assert.equal(admitsMore(twoPorts({}, {'hosts.b': '*'}), closed), true)
    assert.equal(admitsMore(open, open), false)
    assert.equal(admitsMore(twoPorts({}, {'hosts.b': undefined}), open), true)
    assert.equal(admitsMore(open, twoPorts({}, {'hosts.b': undefined})), false)
    assert.equal(admitsMore(open, twoPorts({'source-ranges': TEN}, {'hosts.b': undefined})), true)
    assert.equal(
      admitsMore(
        twoPorts({}, {'hosts.a': undefined}),
        twoPorts({'source-ranges': TEN}, {'hosts.a': undefined}),
      ),
      true,
    )
  })

  it('compares a name with the wildcard that covers it', () => {
    const wildcard = byName(['*.test'], ['a.example'])
    assert.equal(admitsMore(wildcard, byName(['*.test'], ['a.example, b.test', TEN])), true)
    assert.equal(admitsMore(byName(['x.test'], ['a.example']), wildcard), false)
  })

  it('knows that a name is closed', () => {
    const open = byName(['a.test'], ['b.test'])
    const closed = byName(['a.test', '10.0.0.0/33'], ['b.test'])
    assert.equal(admitsMore(open, closed), true)
    assert.equal(admitsMore(closed, open), false)
    assert.equal(admitsMore(open, byName(['c.test'], ['b.test'])), true)
    assert.equal(admitsMore(open, byName(['*'], ['b.test'])), false)
  })

  it('knows that a share is rejected', () => {
    assert.equal(admitsMore(byWeight(1, 2), byWeight(1, 0)), true)
    assert.equal(admitsMore(byWeight(1, 0), byWeight(1, 2)), false)
    assert.equal(admitsMore(byWeight(1, 2), byWeight(1, 2, 3)), false)
  })
})
