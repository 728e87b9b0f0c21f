import assert from 'node:assert/strict'
import {CATALOGUE, type DiagnosticCode} from '../../../src/diagnostics/catalogue.js'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import {onlyNear} from '../../../src/diagnostics/nearest.js'

const subject = {ref: {kind: 'Service', namespace: 'default', name: 'web'}}

/** One example of each code, as a user reads it. */
const EXAMPLES: Record<DiagnosticCode, Diagnostic> = {
  'yaml-syntax': diagnose('yaml-syntax', {subject, args: {problem: 'a mapping never ends'}}),
  'duplicate-key': diagnose('duplicate-key', {subject, args: {key: 'spec'}}),
  'annotation-not-string': diagnose('annotation-not-string', {
    subject,
    args: {actual: 'the number 8080', quoted: '"8080"'},
  }),
  'wrong-type': diagnose('wrong-type', {subject, args: {expected: 'a list', actual: 'a mapping'}}),
  'missing-field': diagnose('missing-field', {subject, args: {field: 'metadata.name'}}),
  'invalid-field': diagnose('invalid-field', {
    subject,
    args: {problem: 'must be from 1 to 65535, this is 0'},
  }),
  'server-set-field': diagnose('server-set-field', {subject, args: {field: 'metadata.creationTimestamp'}}),
  'duplicate-object': diagnose('duplicate-object', {subject, args: {object: 'Service default/web'}}),
  'class-missing': diagnose('class-missing', {
    subject,
    args: {keys: ['loadbalancer.lbex/port'], className: 'loadbalancer-lbex'},
  }),
  'class-foreign': diagnose('class-foreign', {
    subject,
    args: {serving: 'class metallb', className: 'loadbalancer-lbex'},
  }),
  'class-misspelt': diagnose('class-misspelt', {
    subject,
    args: {key: 'kubernetes.io/loadbalancer-class', value: 'lbex', className: 'loadbalancer-lbex'},
  }),
  'service-type': diagnose('service-type', {subject, args: {what: 'a headless Service'}}),
  'source-ranges-invalid': diagnose('source-ranges-invalid', {subject, args: {values: ['10.0.0.0/33']}}),
  'source-ranges-over-limit': diagnose('source-ranges-over-limit', {
    subject,
    args: {ranges: 2000, ports: 6, limit: 10_000},
  }),
  'source-ranges-loose': diagnose('source-ranges-loose', {
    subject,
    args: {values: ['10.0.0.1/8'], instead: ['10.0.0.0/8']},
  }),
  'source-ranges-misspelt': diagnose('source-ranges-misspelt', {
    subject,
    args: {key: 'loadbalancer.lbex/source-range', nearest: 'loadbalancer.lbex/source-ranges'},
  }),
  'source-ranges-overruled': diagnose('source-ranges-overruled', {
    subject,
    args: {by: 'spec.loadBalancerSourceRanges'},
  }),
  'field-deprecated': diagnose('field-deprecated', {
    subject,
    args: {name: 'spec.loadBalancerIP', instead: 'loadbalancer.lbex/listen-address: "192.0.2.10"'},
  }),
  'field-ignored': diagnose('field-ignored', {
    subject,
    args: {why: 'lbex listens on the addresses of its hosts', advice: 'use --listen-address'},
  }),
  'affinity-timeout-unused': diagnose('affinity-timeout-unused', {subject, args: {seconds: 60}}),
  'traffic-distribution-unused': diagnose('traffic-distribution-unused', {
    subject,
    args: {preference: 'PreferSameZone'},
  }),
  'internal-policy-local': diagnose('internal-policy-local', {subject, args: {}}),
  'health-check-port-unused': diagnose('health-check-port-unused', {subject, args: {port: 30_999}}),
  'pool-invalid': diagnose('pool-invalid', {subject, args: {value: 'a b'}}),
  'port-missing': diagnose('port-missing', {
    subject,
    args: {example: 'loadbalancer-port.lbex/http: "80"'},
  }),
  'port-invalid': diagnose('port-invalid', {subject, args: {value: '80.5'}}),
  'port-range-invalid': diagnose('port-range-invalid', {
    subject,
    args: {value: '20000 - 20100', why: 'it contains spaces'},
  }),
  'port-range-upstream': diagnose('port-range-upstream', {subject, args: {upstreamType: 'node'}}),
  'port-range-target': diagnose('port-range-target', {
    subject,
    args: {ports: '20036-20100/TCP', target: 65_500},
  }),
  'port-unknown': diagnose('port-unknown', {
    subject,
    args: {name: 'htp', known: ['http', 'https'], nearest: 'http'},
  }),
  'port-annotated-twice': diagnose('port-annotated-twice', {
    subject,
    args: {used: 'loadbalancer-port.lbex/http'},
  }),
  'port-privileged': diagnose('port-privileged', {subject, args: {port: 80}}),
  'port-alias-ambiguous': diagnose('port-alias-ambiguous', {
    subject,
    args: {key: 'loadbalancer.lbex/port', names: ['http', 'https']},
  }),
  'annotation-deprecated': diagnose('annotation-deprecated', {
    subject,
    args: {key: 'loadbalancer.lbex/port', instead: 'loadbalancer-port.lbex/http'},
  }),
  'port-protocol': diagnose('port-protocol', {subject, args: {protocol: 'SCTP'}}),
  'port-reserved': diagnose('port-reserved', {
    subject,
    args: {listener: '22/TCP', holder: '--reserved-port'},
  }),
  'port-conflict': diagnose('port-conflict', {
    subject,
    args: {listener: '0.0.0.0:80/TCP', winner: 'Service default/old', why: 'it is older'},
  }),
  'port-held': diagnose('port-held', {
    subject,
    args: {
      listener: '0.0.0.0:80/TCP',
      error: {code: 'in-use'},
      command: "ss -Hnlpt 'sport = :80'",
    },
  }),
  'family-unavailable': diagnose('family-unavailable', {
    subject,
    args: {family: 'IPv6', why: 'this host does not support IPv6', advice: 'enable IPv6 on the host'},
  }),
  'listen-address-invalid': diagnose('listen-address-invalid', {subject, args: {values: ['192.0.2.300']}}),
  'listen-address-unknown': diagnose('listen-address-unknown', {
    subject,
    args: {values: ['publik'], choices: ['public (192.0.2.10)', '192.0.2.11'], nearest: 'public'},
  }),
  'address-pool-type': diagnose('address-pool-type', {subject, args: {}}),
  'address-pool-unknown': diagnose('address-pool-unknown', {
    subject,
    args: {name: 'publik', known: ['public'], nearest: 'public'},
  }),
  'address-pool-exhausted': diagnose('address-pool-exhausted', {
    subject,
    args: {pool: 'public', family: 'IPv4', ranges: ['192.0.2.0/28']},
  }),
  'address-outside-pool': diagnose('address-outside-pool', {
    subject,
    args: {address: '192.0.2.99', pool: 'public', ranges: ['192.0.2.0/28'], isRemembered: true},
  }),
  'address-unusable': diagnose('address-unusable', {
    subject,
    args: {address: '2001:db8::1', family: 'IPv6', why: 'family'},
  }),
  'address-taken': diagnose('address-taken', {
    subject,
    args: {address: '192.0.2.1', owner: 'Service shop/mail', remedy: 'key'},
  }),
  'address-sharing-invalid': diagnose('address-sharing-invalid', {subject, args: {value: 'a b'}}),
  'address-duplicate': diagnose('address-duplicate', {
    subject,
    args: {address: '192.0.2.1', owner: 'Service shop/mail'},
  }),
  'address-sharing-unused': diagnose('address-sharing-unused', {subject, args: {why: 'type'}}),
  'address-pending': diagnose('address-pending', {subject, args: {}}),
  'annotation-unknown': diagnose('annotation-unknown', {
    subject,
    args: {key: 'loadbalancer.lbex/algoritm', nearest: 'loadbalancer.lbex/algorithm'},
  }),
  'value-unknown': diagnose('value-unknown', {
    subject,
    args: {value: 'pods', allowed: ['node', 'pod'], fallback: 'node', nearest: 'pod'},
  }),
  'boolean-invalid': diagnose('boolean-invalid', {subject, args: {value: 'yes', fallback: false}}),
  'resolver-invalid': diagnose('resolver-invalid', {subject, args: {value: 'dns.example'}}),
  'method-unused': diagnose('method-unused', {subject, args: {algorithm: 'least_conn'}}),
  'node-option-unused': diagnose('node-option-unused', {
    subject,
    args: {key: 'loadbalancer.lbex/node-set', upstreamType: 'pod'},
  }),
  'node-set-overruled': diagnose('node-set-overruled', {subject, args: {}}),
  'passthrough-needs': diagnose('passthrough-needs', {subject, args: {}}),
  'least-time-unavailable': diagnose('least-time-unavailable', {subject, args: {nginx: 'NGINX 1.22.1'}}),
  'affinity-wins': diagnose('affinity-wins', {subject, args: {algorithm: 'least_conn'}}),
  'affinity-behind-proxy': diagnose('affinity-behind-proxy', {subject, args: {upstreamType: 'node'}}),
  'passthrough-masqueraded': diagnose('passthrough-masqueraded', {subject, args: {}}),
  'setting-invalid': diagnose('setting-invalid', {
    subject,
    args: {value: '0', form: 'a duration from 1s', fallback: undefined, isValid: () => false},
  }),
  'setting-unused': diagnose('setting-unused', {
    subject,
    args: {key: 'loadbalancer.lbex/fail-timeout', why: 'max-fails is 0', advice: 'remove it'},
  }),
  'health-check-weak': diagnose('health-check-weak', {
    subject,
    args: {why: 'without an expected text, a UDP check finds only closed ports', advice: 'set both'},
  }),
  'drain-unavailable': diagnose('drain-unavailable', {subject, args: {obstacle: 'program'}}),
  'guard-invalid': diagnose('guard-invalid', {
    subject,
    args: {value: 'v1 ', form: 'one of off, v1, v2', isValid: (text) => text === 'v1'},
  }),
  'guard-misspelt': diagnose('guard-misspelt', {
    subject,
    args: {
      key: 'loadbalancer.lbex/proxy-protcol',
      nearest: 'loadbalancer.lbex/proxy-protocol',
      certain: true,
    },
  }),
  'guard-port-unknown': diagnose('guard-port-unknown', {
    subject,
    args: {setting: 'loadbalancer.lbex/proxy-protocol', name: 'x', known: ['http'], nearest: 'http'},
  }),
  'guard-protocol': diagnose('guard-protocol', {
    subject,
    args: {key: 'loadbalancer.lbex/proxy-protocol', protocol: 'UDP'},
  }),
  'setting-unavailable': diagnose('setting-unavailable', {
    subject,
    args: {
      setting: 'version 2 of the PROXY protocol to backends',
      nginx: 'NGINX 1.22.1',
      needs: 'use version v1, or NGINX 1.31.4 or newer',
    },
  }),
  'setting-port-unknown': diagnose('setting-port-unknown', {
    subject,
    args: {
      setting: 'loadbalancer.lbex/algorithm',
      name: 'htpp',
      known: ['http'],
      nearest: 'http',
      only: 'http',
    },
  }),
  'host-invalid': diagnose('host-invalid', {
    subject,
    args: {
      text: 'example.com.',
      why: 'clients send names without the dot at the end',
      instead: 'example.com',
    },
  }),
  'host-repeated': diagnose('host-repeated', {subject, args: {name: 'example.com'}}),
  'hosts-empty': diagnose('hosts-empty', {subject, args: {}}),
  'hosts-over-limit': diagnose('hosts-over-limit', {subject, args: {names: 20_000, limit: 10_000}}),
  'host-conflict': diagnose('host-conflict', {
    subject,
    args: {
      name: 'api.example',
      listener: '0.0.0.0:443/TCP',
      winner: 'Service shop/web',
      why: 'it is older',
      wildcard: '*.example',
    },
  }),
  'tls-secret-unusable': diagnose('tls-secret-unusable', {
    subject,
    args: {secret: 'default/web', setting: 'tls-secret', problem: {code: 'key-mismatch'}},
  }),
  'tls-secret-kept': diagnose('tls-secret-kept', {
    subject,
    args: {secret: 'default/web', setting: 'tls-secret', problem: {code: 'expired', detail: '2027-01-31'}},
  }),
  'tls-certificate-expires': diagnose('tls-certificate-expires', {
    subject,
    args: {secret: 'default/web', date: '2027-01-31'},
  }),
  'tls-secret-needed': diagnose('tls-secret-needed', {subject, args: {}}),
  'tls-inside-tls': diagnose('tls-inside-tls', {subject, args: {}}),
  'tls-host-uncovered': diagnose('tls-host-uncovered', {
    subject,
    args: {secret: 'default/web', hosts: ['web.example.com']},
  }),
  'shared-settings-differ': diagnose('shared-settings-differ', {
    subject,
    args: {
      listener: '0.0.0.0:443/TCP',
      winner: 'Service default/old',
      why: 'it is older',
      settings: ['loadbalancer.lbex/source-ranges'],
    },
  }),
  'shared-listener-invalid': diagnose('shared-listener-invalid', {subject, args: {value: 'a b'}}),
  'weight-unused': diagnose('weight-unused', {subject, args: {}}),
  'weights-zero': diagnose('weights-zero', {subject, args: {traffic: '0.0.0.0:443/TCP'}}),
  'node-port-missing': diagnose('node-port-missing', {
    subject,
    args: {why: 'a Service of type ClusterIP does not have one'},
  }),
  'cluster-ip-missing': diagnose('cluster-ip-missing', {subject, args: {family: 'IPv6'}}),
  'no-backend': diagnose('no-backend', {
    subject,
    args: {
      listener: 'listen port 80/TCP',
      why: 'the Service has no endpoints',
      advice: 'check that there are Pods that match spec.selector',
    },
  }),
  'node-address-missing': diagnose('node-address-missing', {
    subject,
    args: {nodes: ['a', 'b'], wanted: 'ExternalIP', advice: 'see which addresses there are'},
  }),
  'address-refused': diagnose('address-refused', {
    subject,
    args: {noun: 'endpoint', names: ['127.0.0.1', '127.0.0.2'], refusal: 'loopback'},
  }),
  'address-type-unsupported': diagnose('address-type-unsupported', {
    subject,
    args: {slices: ['web-1', 'web-2'], addressType: 'FQDN'},
  }),
  'slice-unlabelled': diagnose('slice-unlabelled', {subject, args: {service: 'web'}}),
  'node-port-conflict': diagnose('node-port-conflict', {
    subject,
    args: {nodePort: '30080/TCP', other: 'Service shop/web'},
  }),
  'unknown-field': diagnose('unknown-field', {subject, args: {key: 'targetport', known: ['targetPort']}}),
  'endpoint-is-listener': diagnose('endpoint-is-listener', {
    subject,
    args: {endpoints: ['192.0.2.10:8080']},
  }),
  'server-unhealthy': diagnose('server-unhealthy', {
    subject,
    args: {servers: ['10.1.0.1:80 (connection refused, since 2026-01-01T00:00:00.000Z)']},
  }),
  'health-check-slow': diagnose('health-check-slow', {subject, args: {asked: 5000, actual: 12_340}}),
  'servers-all-unhealthy': diagnose('servers-all-unhealthy', {
    subject,
    args: {servers: ['10.1.0.1:80 (status 503, since 2026-01-01T00:00:00.000Z)']},
  }),
  'node-address-chosen': diagnose('node-address-chosen', {
    subject,
    args: {nodes: ['a (10.0.0.1)'], wanted: 'InternalIP'},
  }),
  'endpoint-without-node': diagnose('endpoint-without-node', {subject, args: {addresses: ['10.1.0.1']}}),
  'node-unknown': diagnose('node-unknown', {
    subject,
    args: {nodes: ['a', 'b', 'c', 'd', 'e', 'f', 'g']},
  }),
  'address-invalid': diagnose('address-invalid', {subject, args: {address: 'db.example', family: 'IPv4'}}),
  'nodes-lost': diagnose('nodes-lost', {subject, args: {nodes: 3}}),
  'nodes-forbidden': diagnose('nodes-forbidden', {subject, args: {rule: 'grant it with this rule'}}),
  'value-refused': diagnose('value-refused', {
    subject,
    args: {value: 'a;b', place: 'service.conf.liquid:7:5'},
  }),
  'nginx-refused': diagnose('nginx-refused', {
    subject,
    args: {problem: 'host not found in upstream', kept: true},
  }),
  'pool-overlap': diagnose('pool-overlap', {
    subject,
    args: {listener: 'listen port 80/TCP', other: 'Service default/shop', pool: 'blue', shared: true},
  }),
  'nginx-exhausted': diagnose('nginx-exhausted', {
    subject,
    args: {problem: 'nginx -t was ended by SIGKILL', kept: false},
  }),
  'listeners-over-limit': diagnose('listeners-over-limit', {
    subject,
    args: {served: 1000, asked: 3000, limit: 1000},
  }),
  'servers-over-limit': diagnose('servers-over-limit', {
    subject,
    args: {spent: 180_000, limit: 10_000, share: 33},
  }),
  'findings-not-listed': diagnose('findings-not-listed', {
    subject,
    args: {code: 'port-unknown', count: 7950, listed: 50},
  }),
  'ignore-unused': diagnose('ignore-unused', {subject, args: {code: 'class-foreign'}}),
  'ignore-unknown': diagnose('ignore-unknown', {subject, args: {code: 'class', nearest: 'class-foreign'}}),
  'config-invalid': diagnose('config-invalid', {
    subject,
    args: {problem: 'unknown setting "disabel"', nearest: 'disable'},
  }),
}

describe('the catalogue', () => {
  for (const [code, {message, hint}] of Object.entries(EXAMPLES)) {
    it(`${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`, () => {
      assert.match(code, /^[a-z]+(-[a-z]+)*$/)
      assert.match(message, /^[^\n]{10,}[^.\s]$/, 'a message is one line, without a full stop')
      assert.match(hint ?? 'none', /^[^\n]*[^.\s]$/, 'a hint is one line, without a full stop')
      assert.doesNotMatch(`${message} ${hint}`, /\[object|undefined[^)]|NaN/)
    })
  }

  it('has a reason for each code, as a sentence', () => {
    for (const {reason} of Object.values(CATALOGUE)) assert.match(reason, /^\S[^\n]+\.$/)
  })

  it('has a hint wherever the message does not say what to do', () => {
    const silent = Object.values(EXAMPLES).filter(({hint}) => hint === undefined)
    assert.deepEqual(
      silent.map(({code}) => code),
      ['yaml-syntax', 'wrong-type', 'missing-field', 'invalid-field'],
    )
  })

  it('uses error if something is not served, and warning if it is served in a different way', () => {
    const served = Object.values(EXAMPLES).filter(({message}) =>
      /the default .* applies|is used|no effect/.test(message),
    )
    assert.deepEqual([...new Set(served.map(({severity}) => severity))], ['warning'])
    const unserved = Object.values(EXAMPLES).filter(({message}) =>
      /(is|are) not (served|exposed)|nothing is exposed|no port .* is exposed|is closed/.test(message),
    )
    assert.deepEqual([...new Set(unserved.map(({severity}) => severity))], ['error'])
  })

  it('uses the singular for one object, and shortens long lists', () => {
    assert.equal(
      diagnose('node-unknown', {subject, args: {nodes: ['a']}}).message,
      'node a does not exist and is skipped, although endpoints refer to it',
    )
    assert.match(EXAMPLES['node-unknown'].message, /^nodes a, b, c, d, e and 2 more do not exist/)
    assert.match(
      diagnose('nodes-lost', {subject, args: {nodes: 1}}).message,
      /^the only node behind this port is NotReady/,
    )
    assert.match(
      diagnose('class-missing', {
        subject,
        args: {keys: ['loadbalancer.lbex/a', 'loadbalancer.lbex/b'], className: 'loadbalancer-lbex'},
      }).message,
      /^annotations loadbalancer.lbex\/a, loadbalancer.lbex\/b have no effect/,
    )
  })

  it('quotes at most 80 characters of a value', () => {
    const {message} = diagnose('port-invalid', {subject, args: {value: `"${'9'.repeat(1000)}\n`}})
    assert.equal(message, `"\\"${'9'.repeat(76)}..." is not a valid port number; this port is not exposed`)
  })

  it('has no hint if there is no similar name', () => {
    const unknown = diagnose('port-unknown', {subject, args: {name: 'x', known: []}})
    assert.deepEqual(
      [unknown.message, unknown.hint],
      ['the Service has no port named "x"; it has no named ports', undefined],
    )
    assert.equal(diagnose('annotation-unknown', {subject, args: {key: 'x.lbex/y'}}).hint, undefined)
    const value = diagnose('value-unknown', {subject, args: {value: 'x', allowed: ['a'], fallback: 'a'}})
    assert.equal(value.hint, undefined)
    assert.match(diagnose('ignore-unknown', {subject, args: {code: 'x'}}).hint ?? '', /--list-rules/)
    const template = diagnose('yaml-syntax', {subject, args: {problem: 'x', isTemplate: true}})
    assert.match(template.hint ?? '', /helm template/)
  })

  it('has a hint for a Service without a pool, and another one for two pools', () => {
    const args = {listener: 'listen port 80/TCP', other: 'Service default/shop', pool: 'blue', shared: false}
    assert.match(EXAMPLES['pool-overlap'].hint ?? '', /than in pool "blue"$/)
    assert.match(diagnose('pool-overlap', {subject, args}).hint ?? '', /^an lbex with --anti-affinity/)
  })
})

describe('fixes', () => {
  const fixOf = (diagnostic: Diagnostic) =>
    diagnostic.fix && `${diagnostic.fix.on}: ${JSON.stringify(diagnostic.fix.text)}`
  const port = (value: string) => fixOf(diagnose('port-invalid', {subject, args: {value}}))
  const unknownPort = (name: string, ...known: string[]) =>
    fixOf(diagnose('port-unknown', {subject, args: {name, known, only: onlyNear(name, known)}}))
  const unknownKey = (nearest?: string, certain?: boolean) =>
    fixOf(diagnose('annotation-unknown', {subject, args: {key: 'x', nearest, certain}}))

  it('remove spaces around a value if that makes it valid', () => {
    assert.equal(port(' 8080'), 'value: "8080"')
    for (const value of ['8080a', ' 0', ' 65536 ', ' 80 80 ', '8080']) assert.equal(port(value), undefined)
    const range = (value: string) => fixOf(diagnose('port-range-invalid', {subject, args: {value, why: 'x'}}))
    assert.equal(range(' 80 - 90'), 'value: "80-90"')
    for (const value of ['80 - 70', '1 - 1001', '0 - 1', '80 - 65536', '080 - 90'])
      assert.equal(range(value), undefined)
    const poolFix = diagnose('pool-invalid', {subject, args: {value: 'blue '}})
    assert.equal(fixOf(poolFix), 'value: "blue"')
    const classFix = diagnose('class-misspelt', {
      subject,
      args: {key: 'k', value: ' loadbalancer-lbex', className: 'loadbalancer-lbex'},
    })
    assert.equal(fixOf(classFix), 'value: "loadbalancer-lbex"')
    const flag = diagnose('boolean-invalid', {subject, args: {value: 'True ', fallback: false}})
    assert.equal(fixOf(flag), 'value: "True"')
    const address = diagnose('resolver-invalid', {subject, args: {value: ' 10.0.0.10'}})
    assert.equal(fixOf(address), 'value: "10.0.0.10"')
    assert.equal(fixOf(EXAMPLES['guard-invalid']), 'value: "v1"')
    const seconds = {
      value: ' 2s',
      form: 'a duration',
      fallback: '1s',
      isValid: (text: string) => text === '2s',
    }
    assert.equal(fixOf(diagnose('setting-invalid', {subject, args: seconds})), 'value: "2s"')
    const args = {value: ' pod', allowed: ['node', 'pod'], fallback: 'node', nearest: 'pod'}
    assert.equal(fixOf(diagnose('value-unknown', {subject, args})), 'value: "pod"')
    assert.equal(fixOf(EXAMPLES['value-unknown']), undefined)
  })

  it('rename a key if exactly one name is similar', () => {
    assert.equal(unknownPort('htpp', 'http', 'unnamed'), 'key: "loadbalancer-port.lbex/http"')
    assert.equal(unknownPort('htpp', 'http', 'https'), undefined)
    assert.equal(unknownPort('x', 'dns'), undefined)
    assert.equal(unknownKey('y', true), 'key: "y"')
    assert.equal(unknownKey('y', false), undefined)
    assert.equal(unknownKey(), undefined)
    assert.equal(fixOf(EXAMPLES['annotation-deprecated']), 'key: "loadbalancer-port.lbex/http"')
    assert.equal(fixOf(EXAMPLES['guard-misspelt']), 'key: "loadbalancer.lbex/proxy-protocol"')
    assert.equal(fixOf(EXAMPLES['guard-port-unknown']), undefined)
    assert.equal(fixOf(EXAMPLES['setting-port-unknown']), 'key: "loadbalancer.lbex/algorithm.http"')
    const args = {setting: 'loadbalancer.lbex/algorithm', name: 'x', known: []}
    assert.equal(fixOf(diagnose('setting-port-unknown', {subject, args})), undefined)
  })

  it('put a value that is not a string in quotes', () => {
    const args = {actual: 'the number 8080', quoted: '"8080"', text: '8080'}
    assert.equal(fixOf(diagnose('annotation-not-string', {subject, args})), 'value: "8080"')
    assert.equal(fixOf(EXAMPLES['annotation-not-string']), undefined)
  })
})
