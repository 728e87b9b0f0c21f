import assert from 'node:assert/strict'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {DEFAULT_INTENT_OPTIONS, type IntentOptions} from '../../../../src/core/intent/options.js'
import {isAboutLbex, selectionOf} from '../../../../src/core/intent/select.js'
import {aService} from '../../../support/builders.js'

type Builder = ReturnType<typeof aService>

/** True, or false with the diagnostics. */
function judge(service: Builder, options: Partial<IntentOptions> = {}): true | string[] {
  const found: Diagnostic[] = []
  const report = reporter(service.build(), found)
  const ours = selectionOf(service.build(), {...DEFAULT_INTENT_OPTIONS, ...options}, report) === 'selected'
  return ours && found.length === 0
    ? true
    : [...(ours ? ['ours'] : []), ...found.map(({code, message}) => `${code}: ${message}`)]
}

const SERVED = true
const IGNORED: string[] = []
const other = aService().notOurs()

describe('class', () => {
  it('is the annotation, or spec.loadBalancerClass', () => {
    assert.deepEqual(judge(aService()), SERVED)
    assert.deepEqual(
      judge(other.with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})),
      SERVED,
    )
    assert.deepEqual(judge(other), IGNORED)
    assert.deepEqual(judge(other.with({type: 'LoadBalancer', loadBalancerClass: 'metallb'})), IGNORED)
    assert.deepEqual(judge(other.annotated({'kubernetes.io/loadbalancer-class': 'nginx'})), IGNORED)
  })

  it('does not prevent another load balancer from serving the Service too, which is reported', () => {
    assert.deepEqual(judge(aService().with({type: 'LoadBalancer', loadBalancerClass: 'metallb'})), [
      'ours',
      'class-foreign: this Service is also served by the controller of class metallb',
    ])
    assert.deepEqual(judge(aService().with({type: 'LoadBalancer'})), [
      'ours',
      'class-foreign: this Service is also served by the cloud load balancer, if there is one',
    ])
    const alone = aService().with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})
    assert.deepEqual(judge(alone), SERVED)
  })

  it('that is missing is reported once, whatever the number of annotations', () => {
    const forgotten = other.annotated({algorithm: 'least_conn', 'loadbalancer-port.lbex/http': '80'})
    assert.deepEqual(judge(forgotten), [
      'class-missing: annotations loadbalancer.lbex/algorithm, loadbalancer-port.lbex/http have no effect: the Service does not have the class loadbalancer-lbex',
    ])
    assert.deepEqual(judge(other.annotated({port: '80'})), [
      'class-missing: annotation loadbalancer.lbex/port has no effect: the Service does not have the class loadbalancer-lbex',
    ])
  })

  it('that is misspelt is reported', () => {
    for (const value of [
      'lbex',
      'loadbalancer-lbx',
      'Loadbalancer-Lbex',
      'loadblancer-lbex',
      'loadbalancer_lbex',
    ])
      assert.deepEqual(judge(other.annotated({'kubernetes.io/loadbalancer-class': value, port: '80'})), [
        `class-misspelt: kubernetes.io/loadbalancer-class: "${value}" does not select lbex`,
      ])
    assert.deepEqual(judge(other.annotated({'kubernetes.io/load-balancer-class': 'loadbalancer-lbex'})), [
      'class-misspelt: kubernetes.io/load-balancer-class: "loadbalancer-lbex" does not select lbex',
    ])
    assert.deepEqual(judge(other.with({type: 'LoadBalancer', loadBalancerClass: 'lbex'})), [
      'class-misspelt: spec.loadBalancerClass: "lbex" does not select lbex',
    ])
  })
})

describe('filters', () => {
  const web = aService('web').inNamespace('shop')

  it('select every namespace by default, including kube-system', () => {
    assert.deepEqual(judge(aService('dns').inNamespace('kube-system')), SERVED)
  })

  it('select by --namespace and --exclude-namespace', () => {
    assert.deepEqual(judge(web, {namespaces: ['a', 'shop']}), SERVED)
    assert.deepEqual(judge(web, {namespaces: ['a', 'b']}), IGNORED)
    assert.deepEqual(judge(web, {excludedNamespaces: ['a', 'shop']}), IGNORED)
    assert.deepEqual(judge(web, {excludedNamespaces: ['a', 'b']}), SERVED)
  })

  it('select by --service-name: a name in any namespace, or namespace/name', () => {
    for (const serviceName of ['web', 'shop/web'])
      assert.deepEqual(judge(web, {serviceName}), SERVED, serviceName)
    for (const serviceName of ['api', 'other/web', 'shop', 'shop/', '/web'])
      assert.deepEqual(judge(web, {serviceName}), IGNORED, serviceName)
    assert.deepEqual(judge(web.notOurs(), {serviceName: 'web'}), IGNORED)
  })

  it('skip a Service that is being deleted', () => {
    assert.deepEqual(judge(web.with({deletionTimestamp: '2026-01-01T00:00:00Z'})), IGNORED)
  })
})

describe('pool', () => {
  const POOLS = [undefined, '', 'ours', 'theirs']
  const served = (options: Partial<IntentOptions>): (string | undefined)[] =>
    POOLS.filter((pool) => {
      const service = pool === undefined ? aService() : aService().annotated({'service-pool': pool})
      return judge(service, options) === true
    })

  it('by default selects Services without a pool or with the same pool', () => {
    assert.deepEqual(served({}), [undefined, ''])
    assert.deepEqual(served({servicePool: 'ours'}), [undefined, '', 'ours'])
  })

  it('with --strict-affinity selects only the same pool; absent equals empty', () => {
    assert.deepEqual(served({affinity: 'strict', servicePool: 'ours'}), ['ours'])
    assert.deepEqual(served({affinity: 'strict'}), [undefined, ''])
  })

  it('with --anti-affinity selects only other pools; absent equals empty', () => {
    assert.deepEqual(served({affinity: 'anti', servicePool: 'ours'}), [undefined, '', 'theirs'])
    assert.deepEqual(served({affinity: 'anti'}), ['ours', 'theirs'])
  })

  it('with an invalid name is reported and matches nothing', () => {
    for (const affinity of ['default', 'strict', 'anti'] as const)
      assert.deepEqual(judge(aService().annotated({'service-pool': '-a-'}), {affinity}), [
        'pool-invalid: "-a-" is not a valid service pool; the Service is not served',
      ])
  })
})

describe('type', () => {
  it('is NodePort, ClusterIP or LoadBalancer', () => {
    assert.deepEqual(judge(aService().with({type: 'ClusterIP'})), SERVED)
    assert.deepEqual(judge(aService().with({type: 'NodePort'})), SERVED)
    assert.deepEqual(
      judge(aService().with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})),
      SERVED,
    )
  })

  it('must not be headless or ExternalName', () => {
    assert.deepEqual(judge(aService().with({type: 'ClusterIP', clusterIPs: ['None']})), [
      'service-type: a headless Service cannot be load-balanced',
    ])
    assert.deepEqual(judge(aService().with({type: 'ExternalName'})), [
      'service-type: a Service of type ExternalName cannot be load-balanced',
    ])
    assert.deepEqual(judge(other.with({type: 'ExternalName'})), IGNORED)
  })
})

describe('isAboutLbex', () => {
  it('recognizes the domains of lbex, and misspellings of them', () => {
    const ours = [
      'loadbalancer.lbex/x',
      'loadbalancer-port.lbex/http',
      'x.lbex/y',
      'loadbalancer.lbx/algorithm',
      'loadbalancer-port.lebx/http',
      'loadbalancer-lbex/port',
    ]
    assert.deepEqual(
      ours.filter((key) => !isAboutLbex(key)),
      [],
    )
  })

  it('is false for annotations of other projects', () => {
    const foreign = [
      'kubernetes.io/loadbalancer-class',
      'loadbalancer.openstack.org/class',
      'loadbalancer.openstack.org/lb-method',
      'loadbalancer.openstack.org/keep-floatingip',
      'service.beta.kubernetes.io/aws-load-balancer-type',
      'metallb.universe.tf/address-pool',
      'load-balancer.hetzner.cloud/name',
      'a.b/.lbex/',
      '',
      '/',
      '__proto__',
    ]
    assert.deepEqual(foreign.filter(isAboutLbex), [])
  })
})
