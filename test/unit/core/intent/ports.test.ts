import assert from 'node:assert/strict'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {readPorts} from '../../../../src/core/intent/ports.js'
import {aService} from '../../../support/builders.js'

type Builder = ReturnType<typeof aService>

/** Listen ports by index, and the diagnostics. */
function read(builder: Builder, {requirePort = true} = {}) {
  const service = builder.build()
  const found: Diagnostic[] = []
  const ports = readPorts(service, {...DEFAULT_INTENT_OPTIONS, requirePort}, reporter(service, found))
  return {
    ports: ports.map(({index, listenPort}) => [index, listenPort]),
    said: found.map(({code, message, hint}) => [code, message, ...(hint ? [hint] : [])].join(' | ')),
  }
}

const optional = {requirePort: false}
const web = aService().port('http', 80).port('https', 443)

describe('the listen port', () => {
  it('is set by the annotation with the name of the port', () => {
    assert.deepEqual(read(web.listening({http: 8080, https: 8443})), {
      ports: [
        [0, 8080],
        [1, 8443],
      ],
      said: [],
    })
  })

  it('is set by the name or by `unnamed` if the Service has one port', () => {
    for (const name of ['http', 'unnamed'])
      assert.deepEqual(
        read(
          aService()
            .port('http', 80)
            .listening({[name]: 8080}),
        ),
        {ports: [[0, 8080]], said: []},
      )
    assert.deepEqual(read(aService().port('', 80).listening({unnamed: 8080})), {ports: [[0, 8080]], said: []})
  })

  it('may be set by `unnamed` if that is the name of one of several ports', () => {
    const service = aService().port('unnamed', 80).port('http', 81).listening({unnamed: 8080})
    assert.deepEqual(read(service), {ports: [[0, 8080]], said: []})
    assert.deepEqual(read(aService().port('unnamed', 80).listening({unnamed: 8080})), {
      ports: [[0, 8080]],
      said: [],
    })
  })

  it('may be set by the deprecated alias if the Service has one port', () => {
    assert.deepEqual(read(aService().port('ntp', 123).annotated({port: '1123'})), {
      ports: [[0, 1123]],
      said: [
        'annotation-deprecated | annotation loadbalancer.lbex/port is deprecated | use loadbalancer-port.lbex/ntp',
      ],
    })
    assert.deepEqual(read(aService().port('', 123).annotated({port: '1123'})).said, [
      'annotation-deprecated | annotation loadbalancer.lbex/port is deprecated | use loadbalancer-port.lbex/unnamed',
    ])
  })

  it('cannot be set by the alias if the Service has several ports', () => {
    assert.deepEqual(read(web.listening({http: 80}).annotated({port: '8080'})), {
      ports: [[0, 80]],
      said: [
        'port-alias-ambiguous | loadbalancer.lbex/port works only for a Service with one port | use loadbalancer-port.lbex/http, loadbalancer-port.lbex/https',
      ],
    })
  })

  it('has one value: the name takes precedence over `unnamed`, and `unnamed` over the alias', () => {
    const service = aService().port('http', 80).listening({http: 1, unnamed: 2}).annotated({port: '3'})
    const {ports, said} = read(service)
    assert.deepEqual(ports, [[0, 1]])
    assert.deepEqual(said.slice(1), [
      'port-annotated-twice | this listen port is not used: loadbalancer-port.lbex/http sets a different one for the same port | remove one of the two annotations',
      'port-annotated-twice | this listen port is not used: loadbalancer-port.lbex/http sets a different one for the same port | remove one of the two annotations',
    ])
    assert.deepEqual(read(aService().port('http', 80).listening({http: 1, unnamed: 1})).said, [])
  })
})

describe('--require-port', () => {
  it('does not expose a port without an annotation', () => {
    assert.deepEqual(read(web.listening({https: 8443})), {ports: [[1, 8443]], said: []})
  })

  it('reports a Service if none of its ports has a listen port', () => {
    assert.deepEqual(read(web), {
      ports: [],
      said: [
        'port-missing | no port of this Service has a listen port; nothing is exposed | add the annotation loadbalancer-port.lbex/http: "80", or run lbex with --require-port=false',
      ],
    })
    assert.match(
      read(aService().port('', 53)).said[0] ?? '',
      /add the annotation loadbalancer-port.lbex\/unnamed: "53"/,
    )
    assert.match(read(aService()).said[0] ?? '', /add the annotation loadbalancer-port.lbex\/unnamed: "8080"/)
  })

  it('off: exposes ports without an annotation, with or without a name, at the Service port', () => {
    assert.deepEqual(read(web.listening({https: 8443}), optional), {
      ports: [
        [0, 80],
        [1, 8443],
      ],
      said: [],
    })
    assert.deepEqual(read(aService().port('', 53, {protocol: 'UDP'}), optional), {ports: [[0, 53]], said: []})
  })
})

describe('an invalid value', () => {
  for (const value of ['0', '65536', '+80', '80 ', '80.0', 'http', ''])
    it(`${JSON.stringify(value)} costs that port only`, () => {
      assert.deepEqual(read(web.listening({http: value, https: 8443})), {
        ports: [[1, 8443]],
        said: [
          `port-invalid | ${JSON.stringify(value)} is not a valid port number; this port is not exposed | use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"`,
        ],
      })
    })

  it('of a range costs that port only', () => {
    assert.deepEqual(read(web.listening({http: '90-80', https: '8443-8444'})), {
      ports: [[1, 8443]],
      said: [
        'port-range-invalid | "90-80" is not a valid range of ports: the first port, 90, is above the last port, 80; this port is not exposed | use the first and the last port of at most 1000, without spaces: "20000-20100"',
      ],
    })
  })

  it('does not fall back to the Service port', () => {
    assert.deepEqual(read(aService().port('http', 80).listening({http: 'x'}), optional).ports, [])
  })
})

describe('an annotation for a port that the Service does not have', () => {
  it('is reported with the most similar name', () => {
    assert.deepEqual(read(web.listening({http: 8080, htps: 8443})), {
      ports: [[0, 8080]],
      said: [
        'port-unknown | the Service has no port named "htps"; it has "http", "https" | did you mean "https"?',
      ],
    })
  })

  it('is reported also for `unnamed` on a Service with several ports', () => {
    assert.match(
      read(web.listening({http: 1, unnamed: 2})).said[0] ?? '',
      /^port-unknown \| the Service has no port named "unnamed"/,
    )
  })

  it('names the only port by its name alone', () => {
    assert.equal(
      read(aService().port('http', 80).listening({htpp: 1})).said[0],
      'port-unknown | the Service has no port named "htpp"; it has "http" | did you mean "http"?',
    )
  })

  it('is not confused by an empty name', () => {
    assert.match(
      read(aService().port('', 80).listening({unnamed: 1}).annotated({'loadbalancer-port.lbex/': '2'}))
        .said[0] ?? '',
      /^port-unknown \| the Service has no port named ""; it has "unnamed"/,
    )
  })
})

describe('a protocol other than TCP and UDP', () => {
  const sctp = aService().port('sig', 2905, {protocol: 'SCTP'}).port('http', 80, {listen: 8080})

  it('is reported and skipped if the port has a listen port', () => {
    const said = [
      'port-protocol | protocol SCTP is not supported; this port is not exposed | NGINX supports TCP and UDP',
    ]
    assert.deepEqual(read(sctp.listening({sig: 2905})), {ports: [[1, 8080]], said})
    assert.deepEqual(read(sctp, optional), {ports: [[1, 8080]], said})
  })

  it('is not reported if the port has no listen port', () => {
    assert.deepEqual(read(sctp), {ports: [[1, 8080]], said: []})
  })
})

describe('TCP and UDP', () => {
  it('may use the same number in one Service', () => {
    const dns = aService()
      .port('dns', 53, {protocol: 'UDP', listen: 5353})
      .port('dns-tcp', 53, {listen: 5353})
    assert.deepEqual(read(dns), {
      ports: [
        [0, 5353],
        [1, 5353],
      ],
      said: [],
    })
  })
})

describe('a Service with hundreds of ports', () => {
  const ports = Array.from({length: 600}, (_, index) => ({name: `p${index}`, protocol: 'TCP', port: 80}))
  const known = ports.slice(0, 20).map(({name}) => `"${name}"`)

  it('is not listed completely in a message, and not searched for a similar name', () => {
    assert.deepEqual(read(aService().with({ports}).listening({p600: 8080})).said.slice(0, 1), [
      `port-unknown | the Service has no port named "p600"; it has ${known.join(', ')} and 580 more`,
    ])
    const [alias = ''] = read(aService().with({ports}).annotated({port: '8080'})).said
    assert.match(alias, /loadbalancer-port\.lbex\/p19 and 580 more$/)
  })
})
