import assert from 'node:assert/strict'
import {projectService} from '../../../../src/sources/manifests/project-service.js'
import {fieldOf} from './support.js'

const BARE = {
  annotations: {},
  type: 'ClusterIP',
  ports: [{name: '', protocol: 'TCP', port: 80}],
  clusterIPs: [],
  ipFamilies: [],
  hasSelector: false,
}

function project(spec: string): {service: ReturnType<typeof projectService>; found: string[]} {
  const {field, found} = fieldOf(`metadata: {name: a}\nspec: ${spec}\n`)
  return {service: projectService(field), found: found()}
}

describe('projectService', () => {
  it('reads every field that lbex uses', () => {
    const {field, found} = fieldOf(`
      metadata:
        name: a
        uid: u
        annotations: {a/b: c}
        creationTimestamp: 2030-01-31T12:00:00Z
        deletionTimestamp: 2030-01-31T13:00:00Z
      spec:
        type: LoadBalancer
        selector: {app: x}
        clusterIP: 10.0.0.1
        clusterIPs: [10.0.0.1, "fd00::1"]
        ipFamilies: [IPv4, IPv6]
        sessionAffinity: ClientIP
        externalTrafficPolicy: Local
        internalTrafficPolicy: Local
        trafficDistribution: PreferSameNode
        healthCheckNodePort: 30999
        publishNotReadyAddresses: true
        allocateLoadBalancerNodePorts: false
        loadBalancerClass: loadbalancer-lbex
        loadBalancerSourceRanges: [10.0.0.0/8]
        loadBalancerIP: 192.0.2.7
        externalIPs: [192.0.2.8]
        sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
        ports:
          - {name: http, port: 80, protocol: TCP, targetPort: web, nodePort: 30080}
          - {name: dns, port: 53, protocol: UDP, targetPort: 5353, nodePort: 0}
          - {name: sctp, port: 7, protocol: SCTP, targetPort: 0}`)
    assert.deepEqual(projectService(field), {
      annotations: {'a/b': 'c'},
      uid: 'u',
      creationTimestamp: '2030-01-31T12:00:00Z',
      deletionTimestamp: '2030-01-31T13:00:00Z',
      type: 'LoadBalancer',
      hasSelector: true,
      clusterIPs: ['10.0.0.1', 'fd00::1'],
      ipFamilies: ['IPv4', 'IPv6'],
      sessionAffinity: 'ClientIP',
      externalTrafficPolicy: 'Local',
      internalTrafficPolicy: 'Local',
      trafficDistribution: 'PreferSameNode',
      healthCheckNodePort: 30_999,
      publishNotReadyAddresses: true,
      allocateLoadBalancerNodePorts: false,
      loadBalancerClass: 'loadbalancer-lbex',
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      loadBalancerIP: '192.0.2.7',
      externalIPs: ['192.0.2.8'],
      affinityTimeout: 60,
      ports: [
        {name: 'http', port: 80, protocol: 'TCP', targetPort: 'web', nodePort: 30_080},
        {name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353},
        {name: 'sctp', port: 7, protocol: 'SCTP'},
      ],
    })
    assert.deepEqual(found(), [])
  })

  it('refuses values of a preference and a policy as the API server does', () => {
    const {found} = project('{trafficDistribution: Near, internalTrafficPolicy: None, ports: [{port: 80}]}')
    assert.deepEqual(found.sort(), [
      'invalid-field spec.internalTrafficPolicy: must be one of Cluster, Local, this is "None"',
      'invalid-field spec.trafficDistribution: must be one of PreferClose, PreferSameZone, PreferSameNode, this is "Near"',
    ])
  })

  it('refuses a health check node port and a family policy as the API server does', () => {
    const {found} = project('{healthCheckNodePort: 30001, ipFamilyPolicy: Both, ports: [{port: 80}]}')
    assert.deepEqual(found.sort(), [
      'invalid-field spec.healthCheckNodePort: healthCheckNodePort may only be set with type LoadBalancer and externalTrafficPolicy Local',
      'invalid-field spec.ipFamilyPolicy: must be one of SingleStack, PreferDualStack, RequireDualStack, this is "Both"',
    ])
  })

  it('ignores times that only the API server sets, and says so, unless the object has its uid', () => {
    const {field, found} = fieldOf(`
      metadata: {name: a, creationTimestamp: 1970-01-01T00:00:00Z, deletionTimestamp: 1970-01-01T00:00:00Z}
      spec: {ports: [{port: 80}]}`)
    const {creationTimestamp, deletionTimestamp} = projectService(field)
    assert.deepEqual([creationTimestamp, deletionTimestamp], [undefined, undefined])
    const rest = 'is set by the API server; it does not belong in a manifest and is ignored'
    assert.deepEqual(found(), [
      `server-set-field metadata.creationTimestamp: metadata.creationTimestamp ${rest}`,
      `server-set-field metadata.deletionTimestamp: metadata.deletionTimestamp ${rest}`,
    ])
  })

  it('fills in what the API server would', () => {
    assert.deepEqual(project('{ports: [{port: 80}]}'), {service: BARE, found: []})
  })

  it('reads the singular clusterIP where there is no list, and takes empty for absent', () => {
    assert.deepEqual(project('{clusterIP: 10.0.0.1, ports: [{port: 80}]}').service.clusterIPs, ['10.0.0.1'])
    assert.deepEqual(project('{clusterIP: "", type: "", ports: [{port: 80}]}'), {service: BARE, found: []})
  })

  it('reads a headless Service', () => {
    const {service, found} = project('{clusterIP: None}')
    assert.deepEqual([service.clusterIPs, service.ports, found], [['None'], [], []])
  })

  it('keeps a port that is wrong in its place', () => {
    const {service, found} = project(
      '{ports: [{name: a}, 80, {name: b, port: 70000}, {name: c, port: "81"}]}',
    )
    assert.deepEqual(service.ports, [
      {name: 'a', protocol: 'TCP', port: 0},
      {name: '', protocol: 'TCP', port: 0},
      {name: 'b', protocol: 'TCP', port: 0},
      {name: 'c', protocol: 'TCP', port: 81},
    ])
    assert.deepEqual(found, [
      'wrong-type spec.ports[1]: must be a mapping, but this is the number 80',
      'missing-field spec.ports[0].port: the required field spec.ports[0].port is missing',
      'invalid-field spec.ports[2].port: must be from 1 to 65535, this is 70000',
      'wrong-type spec.ports[3].port: must be an integer, but this is the string "81"',
    ])
  })

  it('takes an empty member of the list for a port without anything', () => {
    assert.deepEqual(project('{ports: [null]}').found, [
      'missing-field spec.ports[0].port: the required field spec.ports[0].port is missing',
    ])
  })

  it('checks names and target ports', () => {
    const {service, found} = project(
      '{ports: [{name: HTTP, port: 1, targetPort: "80"}, {name: b, port: 2, targetPort: 65536}, {name: c, port: 3, targetPort: a_b}]}',
    )
    assert.deepEqual(
      service.ports.map(({name, targetPort}) => [name, targetPort]),
      [
        ['HTTP', '80'],
        ['b', undefined],
        ['c', 'a_b'],
      ],
    )
    const form =
      "must be a port number, or a port name of at most 15 lower case alphanumeric characters or '-'"
    assert.deepEqual(found, [
      'invalid-field spec.ports[0].name: must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character, this is "HTTP"',
      `invalid-field spec.ports[0].targetPort: ${form}, this is "80"`,
      'invalid-field spec.ports[1].targetPort: must be from 0 to 65535, this is 65536',
      `invalid-field spec.ports[2].targetPort: ${form}, this is "a_b"`,
    ])
  })

  it('reads a value that differs in case only as the one that was meant', () => {
    const {service, found} = project(
      '{type: Nodeport, sessionAffinity: clientip, externalTrafficPolicy: local, ipFamilies: [ipv4], ports: [{port: 1, protocol: udp}]}',
    )
    assert.deepEqual(service, {
      ...BARE,
      type: 'NodePort',
      sessionAffinity: 'ClientIP',
      externalTrafficPolicy: 'Local',
      ipFamilies: ['IPv4'],
      ports: [{name: '', protocol: 'UDP', port: 1}],
    })
    assert.deepEqual(found, [
      'invalid-field spec.type: must be one of ClusterIP, NodePort, LoadBalancer, ExternalName, this is "Nodeport"',
      'invalid-field spec.ports[0].protocol: must be one of TCP, UDP, SCTP, this is "udp"',
      'invalid-field spec.ipFamilies[0]: must be one of IPv4, IPv6, this is "ipv4"',
      'invalid-field spec.sessionAffinity: must be one of None, ClientIP, this is "clientip"',
      'invalid-field spec.externalTrafficPolicy: must be one of Cluster, Local, this is "local"',
    ])
  })

  for (const [spec, message] of [
    ['[x]', 'wrong-type spec: must be a mapping, but this is a list'],
    ['{ports: {port: 80}}', 'wrong-type spec.ports: must be a list, but this is a mapping'],
    [
      '{ports: [{port: 80}], selector: {a: 1}}',
      'wrong-type spec.selector.a: must be a string, but this is the number 1',
    ],
    ['{ports: [{port: 80}], type: [x]}', 'wrong-type spec.type: must be a string, but this is a list'],
    [
      '{ports: [{port: 80}], ipFamilies: [1]}',
      'wrong-type spec.ipFamilies[0]: must be a string, but this is the number 1',
    ],
  ] as const) {
    it(`reports ${spec} once`, () => {
      const {found} = project(spec)
      assert.deepEqual(found.slice(0, 1), [message])
      assert.equal(found.filter((finding) => finding.startsWith('wrong-type')).length, 1)
    })
  }
})
