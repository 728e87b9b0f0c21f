import assert from 'node:assert/strict'
import {projectService} from '../../../../src/sources/manifests/project-service.js'
import {fieldOf} from './support.js'

/** What is wrong with a Service whose fields are each right by themselves. */
function problems(spec: string): string[] {
  const {field, found} = fieldOf(`metadata: {name: a}\nspec: ${spec}\n`)
  projectService(field)
  return found()
}

const ONE = 'ports: [{port: 80}]'

const REFUSED: [rule: string, spec: string, found: string[]][] = [
  ['a Service without ports', '{}', ['missing-field spec.ports: the required field spec.ports is missing']],
  [
    'an empty list of ports',
    '{ports: []}',
    ['missing-field spec.ports: the required field spec.ports is missing'],
  ],
  [
    'several ports without names',
    '{ports: [{port: 80}, {name: b, port: 81}, {port: 82}]}',
    [
      'missing-field spec.ports[0].name: the required field spec.ports[0].name is missing',
      'missing-field spec.ports[2].name: the required field spec.ports[2].name is missing',
    ],
  ],
  [
    'source ranges of a Service that is not of type LoadBalancer',
    '{ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]}',
    [
      'invalid-field spec.loadBalancerSourceRanges: loadBalancerSourceRanges may only be set with type LoadBalancer',
    ],
  ],
  [
    'a source range that is none',
    '{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8, 10.0.0.1]}',
    [
      'invalid-field spec.loadBalancerSourceRanges[1]: must be a CIDR range such as 10.0.0.0/8, this is "10.0.0.1"',
    ],
  ],
  [
    'an external IP that is none',
    '{ports: [{port: 80}], externalIPs: [web.example]}',
    ['invalid-field spec.externalIPs[0]: must be an IP address, this is "web.example"'],
  ],
  [
    'the configuration of an affinity that there is not',
    '{ports: [{port: 80}], sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}}',
    [
      'invalid-field spec.sessionAffinityConfig: sessionAffinityConfig may only be set with sessionAffinity ClientIP',
    ],
  ],
  [
    'one name twice',
    '{ports: [{name: a, port: 80}, {name: a, port: 81}]}',
    ['invalid-field spec.ports[1].name: the name "a" is already taken by spec.ports[0]'],
  ],
  [
    'one port and protocol twice',
    '{ports: [{name: a, port: 80}, {name: b, port: 80, protocol: TCP}]}',
    ['invalid-field spec.ports[1].port: TCP port 80 is already taken by spec.ports[0]'],
  ],
  [
    'one node port twice',
    '{type: NodePort, ports: [{name: a, port: 80, nodePort: 30000}, {name: b, port: 81, nodePort: 30000}]}',
    ['invalid-field spec.ports[1].nodePort: TCP node port 30000 is already taken by spec.ports[0]'],
  ],
  [
    'a node port with type ClusterIP',
    '{ports: [{port: 80, nodePort: 30000}]}',
    ['invalid-field spec.ports[0].nodePort: nodePort may only be set with type NodePort or LoadBalancer'],
  ],
  [
    'externalTrafficPolicy with type ClusterIP',
    `{externalTrafficPolicy: Local, ${ONE}}`,
    [
      'invalid-field spec.externalTrafficPolicy: externalTrafficPolicy may only be set with type NodePort or LoadBalancer',
    ],
  ],
  [
    'fields of type LoadBalancer with type NodePort',
    `{type: NodePort, allocateLoadBalancerNodePorts: true, loadBalancerClass: x, ${ONE}}`,
    [
      'invalid-field spec.allocateLoadBalancerNodePorts: allocateLoadBalancerNodePorts may only be set with type LoadBalancer',
      'invalid-field spec.loadBalancerClass: loadBalancerClass may only be set with type LoadBalancer',
    ],
  ],
  ['no IP address', `{clusterIP: x, ${ONE}}`, ['invalid-field spec.clusterIP: "x" is not an IP address']],
  [
    'None beside an address',
    `{clusterIP: None, clusterIPs: [None, 10.0.0.1], ${ONE}}`,
    ['invalid-field spec.clusterIPs: "None" is not an IP address'],
  ],
  [
    'two addresses of a family',
    `{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 10.0.0.2], ${ONE}}`,
    ['invalid-field spec.clusterIPs: has more than one address of a family'],
  ],
  [
    'an address of another family than asked',
    `{clusterIP: "fd00::1", ipFamilies: [IPv4], ${ONE}}`,
    ['invalid-field spec.clusterIP: fd00::1 is not an IPv4 address, but spec.ipFamilies[0] requires one'],
  ],
  [
    'lists of addresses that disagree',
    `{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2], ${ONE}}`,
    ['invalid-field spec.clusterIPs: spec.clusterIPs[0] must be the address in spec.clusterIP'],
  ],
  [
    'a list of addresses without the first',
    `{clusterIPs: [10.0.0.2], ${ONE}}`,
    ['invalid-field spec.clusterIPs: spec.clusterIPs[0] must be the address in spec.clusterIP'],
  ],
  [
    'a family twice',
    `{ipFamilies: [IPv4, IPv4], ${ONE}}`,
    ['invalid-field spec.ipFamilies: has a family twice'],
  ],
]

const ACCEPTED: [what: string, spec: string][] = [
  ['one port without a name', `{${ONE}}`],
  ['TCP and UDP on one number', '{ports: [{name: a, port: 53}, {name: b, port: 53, protocol: UDP}]}'],
  [
    'one node port for TCP and UDP',
    '{type: NodePort, ports: [{name: a, port: 53, nodePort: 30053}, {name: b, port: 53, nodePort: 30053, protocol: UDP}]}',
  ],
  ['a headless Service without ports', '{clusterIP: None, clusterIPs: [None]}'],
  ['a headless Service with both families', '{clusterIP: None, ipFamilies: [IPv4, IPv6]}'],
  ['an ExternalName without ports', '{type: ExternalName, externalName: example.org}'],
  [
    'externalTrafficPolicy with external addresses',
    `{externalIPs: [192.0.2.1], externalTrafficPolicy: Local, ${ONE}}`,
  ],
  [
    'addresses of both families',
    `{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"], ipFamilies: [IPv4, IPv6], ${ONE}}`,
  ],
]

describe('checkService', () => {
  for (const [rule, spec, found] of REFUSED) {
    it(`refuses ${rule}`, () => assert.deepEqual(problems(spec), found))
  }
  for (const [what, spec] of ACCEPTED) it(`accepts ${what}`, () => assert.deepEqual(problems(spec), []))
})
