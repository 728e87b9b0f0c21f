import assert from 'node:assert/strict'
import type {LoadBalancer, ServedService} from '../../../../../src/core/model/load-balancer.js'
import {render} from '../../../../support/translate.js'
import {createConfigWriter} from '../../../../../src/dataplane/nginx/config/render.js'
import {aRoute, options, listenerSettings} from '../../../../support/builders.js'
import {balance, BY_WEIGHT} from '../../../../support/shared-listeners.js'

const service = (name: string, address = '10.0.0.1'): ServedService => ({
  ref: {kind: 'Service', namespace: 'default', name},
  id: '0123456789ab',
  listeners: [
    {
      key: {address: '0.0.0.0', port: 80, protocol: 'TCP'},
      routes: [aRoute({upstreams: [{name: 'u', weight: 1}]})],
      settings: listenerSettings(),
    },
  ],
  upstreams: [
    {
      name: 'u',
      settings: {balancing: {algorithm: 'round_robin'}},
      servers: [{address, port: 80, weight: 1, down: false}],
      unknown: [],
      absent: [],
    },
  ],
})
const balancer = (...services: ServedService[]): LoadBalancer => ({services, shared: []})
const names = ({files}: ReturnType<typeof render>) => files.map(({path}) => path.replace(/-[0-9a-f]{12}/, ''))

describe('createConfigWriter', () => {
  it('writes nginx.conf, and one file for each Service', () => {
    const {files, diagnostics} = render(balancer(service('a'), service('b')), options())
    assert.deepEqual(names({files, diagnostics}), [
      'nginx.conf',
      'services/default_a.conf',
      'services/default_b.conf',
    ])
    assert.deepEqual(diagnostics, [])
    assert.deepEqual(names(render(balancer(), options())), ['nginx.conf'])
  })

  it('returns the same object for an unchanged file', () => {
    const [a, b] = [service('a'), service('b')]
    const {write} = createConfigWriter(options())
    const [main, first, other] = write(balancer(a, b)).files
    const [same, second, third] = write(balancer(a, service('b'))).files
    assert.deepEqual([same === main, second === first, third === other], [true, true, false])
    assert.deepEqual(third, other)
  })

  it('shares no cache with a writer that has other options', () => {
    const [a, b] = [service('a'), service('b')]
    const {write} = createConfigWriter(options())
    const [main, first] = write(balancer(a, b)).files
    assert.notEqual(render(balancer(a, b), options({workers: 8})).files[0]?.text, main?.text)
    const templates = {...options().templates, service: '# other'}
    assert.equal(render(balancer(a), options({templates})).files[1]?.text, '# other\n')
    assert.equal(write(balancer(a)).files[1], first)
  })

  it('leaves out a Service with a value that must not reach NGINX, reports the position, and keeps the others', () => {
    const [good, bad, odd] = [service('good'), service('bad', 'db.example; evil'), service('od/d')]
    const result = render(balancer(bad, good, odd), options())
    assert.deepEqual(names(result), ['nginx.conf', 'services/default_good.conf'])
    assert.deepEqual(
      result.diagnostics.map(({code, object, message}) => [code, object.name, message]),
      [
        [
          'value-refused',
          'bad',
          '"db.example; evil:80" is not allowed in the NGINX configuration (service.conf.liquid:26:12); the Service is not served',
        ],
        [
          'value-refused',
          'od/d',
          '"default_od/d" is not allowed in the NGINX configuration (the name of its file); the Service is not served',
        ],
      ],
    )
    const {write} = createConfigWriter(options())
    assert.deepEqual([write(balancer(bad, good, odd)), write(balancer(bad, good, odd))], [result, result])
  })

  it('counts the listeners of the Services that are left in', () => {
    const many = Array.from({length: 1500}, (_, index) => service(`s${index}`))
    const connections = (balancer: LoadBalancer) =>
      /worker_connections (\d+)/.exec(render(balancer, options()).files[0]?.text ?? '')?.[1]
    assert.deepEqual([connections(balancer(...many)), connections(balancer())], ['18432', '17408'])
  })

  it('writes a file for each shared listener, and returns the same object while it is unchanged', () => {
    const {loadBalancer} = balance(...BY_WEIGHT)
    const {write} = createConfigWriter(options())
    const {files} = write(loadBalancer)
    assert.deepEqual(names({files, diagnostics: []}), [
      'nginx.conf',
      'services/listener_8443_tcp_0.0.0.0.conf',
    ])
    assert.equal(write(loadBalancer).files[1], files[1])
  })

  it('reports a value that must not reach NGINX to each owner of a shared listener', () => {
    const {shared} = balance(...BY_WEIGHT).loadBalancer
    const bad = shared.map((each) => ({
      ...each,
      upstreams: each.upstreams.map((upstream) => ({...upstream, name: 'a; evil'})),
    }))
    const {files, diagnostics} = render({services: [], shared: bad}, options())
    assert.deepEqual(names({files, diagnostics}), ['nginx.conf'])
    assert.deepEqual(
      diagnostics.map(({code, object}) => [code, object.name]),
      [
        ['value-refused', 'blue'],
        ['value-refused', 'green'],
      ],
    )
  })

  it('writes the script of live updates, and the servers that may change without a reload', () => {
    const [main, script, web] = render(balancer(service('a')), options({live: {script: 'text'}})).files
    assert.match(script?.path ?? '', /^live-[0-9a-f]{12}\.js$/)
    assert.equal(script?.text, 'text')
    assert.ok(main?.text.includes(`js_import lbex from ${script?.path};`))
    assert.ok(web?.text.includes('    set $lbex_upstream u;\n    proxy_pass $lbex_target;\n'))
    const [listener] = web?.live ?? []
    assert.deepEqual(
      {...listener, shape: undefined},
      {
        key: {address: '0.0.0.0', port: 80, protocol: 'TCP'},
        shape: undefined,
        upstream: 'u',
        servers: [{address: '10.0.0.1', port: 80, weight: 1}],
        replaceable: true,
      },
    )
  })

  it('gives a listener another shape if anything but its servers differs', () => {
    const shape = (each: ServedService): string | undefined =>
      render(balancer(each), options({live: {script: ''}})).files[2]?.live?.[0]?.shape
    const web = service('a')
    const changed = (fields: Partial<ServedService['listeners'][number]>): ServedService => ({
      ...web,
      listeners: web.listeners.map((listener) => ({...listener, ...fields})),
    })
    assert.equal(shape(service('a', '10.0.0.2')), shape(web))
    const settings = {...listenerSettings(), sourceRanges: ['10.0.0.0/8']}
    assert.notEqual(shape(changed({settings})), shape(web))
  })

  it('has no live servers for a listener with several upstreams', () => {
    const {files} = render(balance(...BY_WEIGHT).loadBalancer, options({live: {script: ''}}))
    assert.deepEqual(
      files.filter(({owners}) => owners.length > 1).map(({live}) => live),
      [[]],
    )
  })

  it('does not report a bug of a template as a problem of a Service', () => {
    const templates = {...options().templates, service: '{{ missing }}'}
    assert.throws(() => render(balancer(service('a')), options({templates})), /undefined variable: missing/)
  })
})
