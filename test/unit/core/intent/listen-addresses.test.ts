import assert from 'node:assert/strict'
import {readListenAddresses} from '../../../../src/core/intent/listen-addresses.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import type {ClassSelection} from '../../../../src/core/intent/service-class.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const [OWN, FIELD] = ['metadata.annotations["loadbalancer.lbex/listen-address"]', 'spec.loadBalancerIP']
const field = ['metadata', 'annotations', 'loadbalancer.lbex/listen-address']

const web = aService('web').port('http', 80, {listen: 8080})
const balanced = web.notOurs().with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})

function read(service: typeof web, selection: Partial<ClassSelection> = {}) {
  const diagnostics: Diagnostic[] = []
  const built = service.build()
  const options = {...DEFAULT_INTENT_OPTIONS, ...selection}
  const addresses = readListenAddresses(built, options, reporter(built, diagnostics))
  return {addresses, found: findings(diagnostics)}
}

const annotated = (value: string) => web.annotated({'listen-address': value})

describe('readListenAddresses', () => {
  it('is all addresses by default', () => {
    assert.deepEqual(read(web), {addresses: 'all', found: []})
  })

  for (const [value, entries] of [
    ['192.0.2.7', ['192.0.2.7']],
    ['public', ['public']],
    [' public ,\t192.0.2.7, public\n', ['public', '192.0.2.7']],
    ['2001:DB8:0:0::0007,[2001:db8::7],2001:db8::7', ['2001:db8::7']],
    ['::ffff:192.0.2.7, [::ffff:c000:207], 192.0.2.7', ['192.0.2.7']],
    ['constructor,a-1,fe80,0.0.0.0', ['constructor', 'a-1', 'fe80', '0.0.0.0']],
  ] as const) {
    it(`reads ${JSON.stringify(value)}, each entry once`, () => {
      assert.deepEqual(read(annotated(value)), {addresses: {field, entries}, found: []})
    })
  }

  for (const value of [
    ...['', ' ', ',', '192.0.2.7,', '192.0.2.7 192.0.2.8', '192.0.2.7;x', '192.0.2.7/32', '192.0.2.07'],
    ...['192.0.2.256', '192.0.2', '10', '[192.0.2.7]', '[public]', '[2001:db8::7', '2001:db8::7]', '[]'],
    ...['fe80::1%eth0', '[2001:db8::7]:443', 'Public', 'a.b', 'a_b', '-a', 'a-', '1a', '__proto__'],
    ...['x'.repeat(64), 'public=192.0.2.7', '*'],
  ]) {
    it(`exposes no port for ${JSON.stringify(value)}`, () => {
      assert.deepEqual(read(annotated(value)), {
        addresses: 'invalid',
        found: [`error listen-address-invalid ${OWN}`],
      })
    })
  }
})

describe('spec.loadBalancerIP', () => {
  const byField = (loadBalancerIP: string) => balanced.with({loadBalancerIP})

  it('is honoured as the deprecated form if lbex is the load balancer of the Service', () => {
    assert.deepEqual(read(byField(' 2001:db8:0::7 ')), {
      addresses: {field: ['spec', 'loadBalancerIP'], entries: ['2001:db8::7']},
      found: [`info field-deprecated ${FIELD}`],
    })
    const {loadBalancerClass: _, ...classless} = byField('192.0.2.7').build()
    const service = web.notOurs().with(classless).without('loadBalancerClass')
    assert.deepEqual(read(service, {defaultLoadBalancer: true}).found, [`info field-deprecated ${FIELD}`])
  })

  it('exposes no port if it is not valid: the API server accepts any text', () => {
    assert.deepEqual(read(byField('192.0.2.0/24')), {
      addresses: 'invalid',
      found: [`error listen-address-invalid ${FIELD}`],
    })
  })

  it('is for the other load balancer if lbex serves the Service in addition', () => {
    for (const type of ['LoadBalancer', 'NodePort'])
      assert.deepEqual(read(web.with({type, loadBalancerIP: '192.0.2.7'})), {
        addresses: 'all',
        found: [`warning field-ignored ${FIELD}`],
      })
  })

  it('gives way to the annotation', () => {
    assert.deepEqual(read(byField('192.0.2.8').annotated({'listen-address': 'public'})), {
      addresses: {field, entries: ['public'], overruled: ['192.0.2.8']},
      found: [],
    })
    assert.equal(read(byField('192.0.2.8').annotated({'listen-address': 'x y'})).addresses, 'invalid')
  })
})
