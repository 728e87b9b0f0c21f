/** docs/troubleshooting.md shows what kubectl prints about Services with mistakes. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {projectService} from '../../src/sources/cluster/project-service.js'
import {root} from '../commands/lbex.js'
import type {Manifest} from '../support/api-double/history.js'
import {KubectlView} from '../support/kubectl-view.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {World} from '../unit/publish/world.js'
import {readPage} from './markdown.js'

const PAGE = 'docs/troubleshooting.md'

const PORT = 'loadbalancer-port.lbex/http'

/** By name; each has the mistake that the page shows. */
const SERVICES: Readonly<Record<string, {annotations: Record<string, string>; spec?: object}>> = {
  shop: {annotations: {[PORT]: '8080'}},
  blog: {annotations: {[PORT]: '8080'}},
  wiki: {annotations: {[PORT]: '8081'}},
  mail: {annotations: {[PORT]: 'http'}},
  docs: {annotations: {[PORT]: '8082', 'loadbalancer-port.lbex/htpp': '8083'}},
  chat: {annotations: {[PORT]: '8084'}, spec: {loadBalancerSourceRanges: ['10.0.0.1']}},
}

function aService(name: string, index: number): Manifest {
  const {annotations, spec} = SERVICES[name] ?? {annotations: {}}
  const clusterIP = `10.96.0.${index + 10}`
  return {
    kind: 'Service',
    metadata: {name, namespace: 'default', annotations, creationTimestamp: `2030-01-31T12:0${index}:00Z`},
    spec: {
      ...{type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex', clusterIP, clusterIPs: [clusterIP]},
      ...{ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', selector: {app: name}},
      ...{externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None'},
      ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 + index}],
      ...spec,
    },
  }
}

function aSlice(name: string, index: number): Manifest {
  const labels = {'kubernetes.io/service-name': name}
  return {
    kind: 'EndpointSlice',
    metadata: {name: `${name}-1`, namespace: 'default', labels},
    addressType: 'IPv4',
    endpoints: name === 'wiki' ? [] : [{addresses: [`10.244.0.${index + 10}`], conditions: {ready: true}}],
    ports: [{name: 'http', protocol: 'TCP', port: 8080}],
  }
}

describe(PAGE, function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const world = new World()
  let view: KubectlView

  before(async function () {
    skipBecause(this, whyNoProgram('kubectl'))
    for (const [index, name] of Object.keys(SERVICES).entries()) {
      const manifest = aService(name, index)
      world.history.put(aSlice(name, index))
      world.put(
        projectService(manifest as unknown as Parameters<typeof projectService>[0]),
        manifest as never,
      )
    }
    await world.reconcile({idle: ['wiki']}, 10_000)
    view = await KubectlView.open(world.history)
  })
  after(async () => {
    await view?.close()
    await world.close()
  })

  const printed = new Map(
    readPage(PAGE, readFileSync(join(root, PAGE), 'utf8'))
      .blocks.filter(({language}) => language === 'text')
      .map(({text}) => [/^Name: +(\S+)/.exec(text)?.[1], text.trimEnd()]),
  )

  it('shows five mistakes', () => {
    assert.deepEqual([...printed.keys()], Object.keys(SERVICES).slice(1))
  })

  for (const [name, text] of printed) {
    it(`shows what kubectl prints about ${name}`, async () => {
      const output = await view.kubectl('describe', 'service', String(name))
      assert.equal(text, output.replaceAll(/ +$/gm, '').trimEnd())
    })
  }
})
