import assert from 'node:assert/strict'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {readSourceRanges} from '../../../../src/core/intent/source-ranges.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const OLDER = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const FIELD = 'spec.loadBalancerSourceRanges'
const [OWN, OLD] = ['loadbalancer.lbex/source-ranges', OLDER].map((key) => `metadata.annotations["${key}"]`)

const web = aService('web').port('http', 80, {listen: 8080})

function read(
  service: typeof web,
  maxSourceRangesPerService = DEFAULT_INTENT_OPTIONS.maxSourceRangesPerService,
) {
  const diagnostics: Diagnostic[] = []
  const built = service.build()
  const clients = readSourceRanges(built, {maxSourceRangesPerService}, reporter(built, diagnostics))
  return {clients, found: findings(diagnostics)}
}

const byField = (...ranges: string[]) => web.with({loadBalancerSourceRanges: ranges})
const annotated = (value: string) => web.annotated({'source-ranges': value})

describe('readSourceRanges', () => {
  it('lets all clients in by default, and for an empty value of the older annotation', () => {
    assert.deepEqual(read(web), {clients: 'all', found: []})
    assert.deepEqual(read(web.annotated({[OLDER]: ' '})), {clients: 'all', found: []})
  })

  it('reads the field and both annotations', () => {
    const clients = ['10.0.0.0/8', '2001:db8::/32']
    for (const service of [
      byField('2001:db8::/32', ' 10.0.0.0/8 '),
      annotated(' 10.0.0.0/8 ,2001:db8::/32'),
      web.annotated({[OLDER]: '10.0.0.0/8,2001:db8::/32'}),
    ])
      assert.deepEqual(read(service), {clients, found: []})
  })

  it('gives each range once, in its shortest form, with zeros behind the prefix', () => {
    const {clients} = read(byField('10.1.2.3/8', '10.0.0.0/8', '2001:DB8:0:0::1/32', '::ffff:192.0.2.0/120'))
    assert.deepEqual(clients, ['10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32'])
  })

  it('reports ranges that newer API servers reject, in a place that the API server validates, of a Service that it has not accepted', () => {
    const ranges = ['10.1.2.3/8', '192.0.2.0/24', '2001:DB8::1/32']
    assert.deepEqual(read(byField(...ranges)).found, [
      'warning source-ranges-loose spec.loadBalancerSourceRanges',
    ])
    assert.deepEqual(read(byField(...ranges).with({uid: 'u'})).found, [])
    assert.deepEqual(read(byField('2001:DB8::/32', '0.0.0.0/0', '::/0', '2001:db8:0:0::/64')).found, [])
    for (const range of ['::ffff:10.0.0.0/104', '10.0.0.0/08'])
      assert.deepEqual(read(byField(range)).found, [
        'warning source-ranges-loose spec.loadBalancerSourceRanges',
      ])
    assert.deepEqual(read(annotated('10.1.2.3/8')).found, [])
  })

  it('prefers the field, then the annotation of lbex, and reports what has no effect', () => {
    const all = byField('10.0.0.0/8').annotated({'source-ranges': '192.0.2.0/24', [OLDER]: '198.51.100.0/24'})
    assert.deepEqual(read(all), {
      clients: ['10.0.0.0/8'],
      found: [`warning source-ranges-overruled ${OWN}`, `warning source-ranges-overruled ${OLD}`],
    })
    const two = annotated('192.0.2.0/24').annotated({[OLDER]: 'x'})
    assert.deepEqual(read(two), {
      clients: ['192.0.2.0/24'],
      found: [`warning source-ranges-overruled ${OLD}`],
    })
  })

  const INVALID = ['10.0.0.0/33', '10.0.0.1', '10.0.0/8', '010.0.0.0/8', '10.0.0.0/', '/8', '::1', 'x', '']
  for (const value of [
    ...INVALID,
    'fe80::1%eth0/64',
    '10.0.0.0/8,',
    '10.0.0.0/8;192.0.2.0/24',
    '10.0.0.0/-1',
  ]) {
    it(`lets no client in if a range is not valid: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(read(annotated(value)), {
        clients: undefined,
        found: [`error source-ranges-invalid ${OWN}`],
      })
    })
  }

  it('lets no client in if only one of several ranges is not valid', () => {
    assert.deepEqual(read(byField('10.0.0.0/8', 'x')), {
      clients: undefined,
      found: [`error source-ranges-invalid ${FIELD}`],
    })
  })

  it('lets no client in if there are more ranges than the ports of the Service may have', () => {
    const two = byField('10.0.0.0/8', '192.0.2.0/24').port('https', 443)
    assert.deepEqual(read(two, 4).found, [])
    assert.deepEqual(read(two, 3), {
      clients: undefined,
      found: [`error source-ranges-over-limit ${FIELD}`],
    })
  })
})
