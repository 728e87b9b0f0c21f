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
  ...['127.0.0.1', '::1', '169.254.169.254', 'fe80::1', '0.0.0.0', '::', '224.0.0.1', 'ff02::1'].map(
    (ip): [string, string, string[]] => [
      `the external IP ${ip}`,
      `{ports: [{port: 80}], externalIPs: ["${ip}"]}`,
      [
        `invalid-field spec.externalIPs[0]: must not be a loopback, link-local or unspecified address, this is "${ip}"`,
      ],
    ],
  ),
  [
    'an ExternalName without a name and with an address',
    '{type: ExternalName, clusterIP: 10.0.0.1}',
    [
      'missing-field spec.externalName: the required field spec.externalName is missing',
      'invalid-field spec.clusterIP: clusterIP may only be set with type ClusterIP, NodePort or LoadBalancer',
    ],
  ],
  [
    'an ExternalName that is not a DNS name',
    '{type: ExternalName, externalName: a_b.}',
    [
      "invalid-field spec.externalName: must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character, this is \"a_b\"",
    ],
  ],
  [
    'empty policies',
    `{internalTrafficPolicy: "", trafficDistribution: "", ${ONE}}`,
    [
      'invalid-field spec.internalTrafficPolicy: must be one of Cluster, Local, this is ""',
      'invalid-field spec.trafficDistribution: must be one of PreferClose, PreferSameZone, PreferSameNode, this is ""',
    ],
  ],
  [
    'a class that is not a qualified name',
    `{type: LoadBalancer, loadBalancerClass: a b, ${ONE}}`,
    [
      "invalid-field spec.loadBalancerClass: \"a b\" must be NAME or DNS-PREFIX/NAME; NAME consists of alphanumeric characters, '-', '_' or '.', and starts and ends with an alphanumeric character",
    ],
  ],
  [
    'an application protocol that is not a qualified name',
    '{ports: [{port: 80, appProtocol: a/b/c}]}',
    ['invalid-field spec.ports[0].appProtocol: "a/b/c" has more than one slash'],
  ],
  [
    'a selector with an invalid key and an invalid value',
    `{selector: {A.example/b: c, d: e f}, ${ONE}}`,
    [
      "invalid-field spec.selector[\"A.example/b\"]: \"A.example/b\" must be NAME or DNS-PREFIX/NAME; NAME consists of alphanumeric characters, '-', '_' or '.', and starts and ends with an alphanumeric character",
      "invalid-field spec.selector.d: must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, this is \"e f\"",
    ],
  ],
  [
    'two families with SingleStack',
    `{ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6], ${ONE}}`,
    [
      'invalid-field spec.ipFamilyPolicy: must be PreferDualStack or RequireDualStack, because the Service has two IP families',
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
  ['an empty target port', '{ports: [{port: 80, targetPort: ""}]}'],
  ['an ExternalName with a final dot', '{type: ExternalName, externalName: example.org., clusterIPs: []}'],
  // The API server drops the field.
  [
    'a configuration of an affinity that is off',
    `{sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}, ${ONE}}`,
  ],
  [
    'a class and an application protocol with a prefix',
    `{type: LoadBalancer, loadBalancerClass: a.example/b, ports: [{port: 80, appProtocol: kubernetes.io/h2c}]}`,
  ],
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

describe('metadata of a Service', () => {
  const found = (metadata: string, spec: string): string[] => {
    const {field, found: list} = fieldOf(`metadata: {name: a, ${metadata}}\nspec: ${spec}\n`)
    projectService(field)
    return list()
  }
  const KEY = 'service.beta.kubernetes.io/load-balancer-source-ranges'

  it('has the older annotation for source ranges only with type LoadBalancer', () => {
    const annotations = `annotations: {${KEY}: 10.0.0.0/8}`
    assert.deepEqual(found(annotations, `{type: LoadBalancer, ${ONE}}`), [])
    assert.deepEqual(found(annotations, `{type: NodePort, ${ONE}}`), [
      `invalid-field metadata.annotations["${KEY}"]: ${KEY} may only be set with type LoadBalancer`,
    ])
  })

  it('has finalizers with a domain, and those of Kubernetes', () => {
    assert.deepEqual(found('finalizers: [example.com/a, foregroundDeletion]', `{${ONE}}`), [])
    assert.deepEqual(found('finalizers: [cleanup]', `{${ONE}}`), [
      'invalid-field metadata.finalizers[0]: must have a domain, as in example.com/cleanup',
    ])
  })
})
