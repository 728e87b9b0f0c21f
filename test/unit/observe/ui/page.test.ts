import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {parseUiQuery} from '../../../../src/observe/ui/page-query.js'
import {statusPage} from '../../../../src/observe/ui/page.js'
import {parseTemplate} from '../../../../src/observe/ui/template.js'
import {aServiceState, aState, aTraffic, FEW, manyServices, withTraffic} from '../../../support/ui-states.js'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'

function pageOf(state: LbexState, query = '') {
  const {body, ...page} = statusPage({
    ...{state, query: parseUiQuery(new URLSearchParams(query))},
    trendOf: () => ({connections: [1, 2000], rate: [0, 0.5], bytes: [0, 3_000_000]}),
  })
  const text = body.text.replaceAll(/\s+/g, ' ')
  const rows = [...text.matchAll(/id="service-([^"]*)"/g)].map(([, name]) => name)
  return {...page, text, rows}
}

const few = aState(FEW)

describe('the status page', () => {
  it('shows Services, problems with hints, changes, and the age of the copy of the cluster', () => {
    const {text, rows, title, status} = pageOf(few)
    assert.deepEqual([status, title], [200, '3 of 5 Services - lbex'])
    assert.equal(rows.length, 5)
    for (const part of [
      '3 <small>of 5 served</small>',
      '1 in part, 1 not served',
      'and 2 more',
      'choose another port with loadbalancer.lbex/http',
      'servers of 2 upstreams changed without a reload',
      'NGINX exited',
      'EndpointSlice: confirmed 1 min ago',
      '<strong>Node</strong>: the server answers 403',
      '4 earlier changes',
      '<strong>1/2</strong>',
    ])
      assert.ok(text.includes(part), part)
    assert.ok(!text.includes('Connections'))
  })

  it('escapes every text', () => {
    const {text} = pageOf(few, 'q=%22%3E%3Cscript%3E')
    assert.ok(!/<script/.test(pageOf(few).text + text))
    assert.ok(text.includes('value="&quot;&gt;&lt;script&gt;"'))
    assert.ok(pageOf(few).text.includes('a &quot;reason&quot; &amp; more'))
  })

  it('shows the traffic if it is counted, and says if it is estimated', () => {
    const counted = withTraffic(few, {...aTraffic(FEW), samplingRatio: 0.1})
    const {text} = pageOf(counted)
    for (const part of [
      '<p class="main">2,000</p>',
      '0.5/s',
      '2.9 MiB/s',
      '1,200',
      'estimates: there are too many',
    ])
      assert.ok(text.includes(part), part)
    assert.match(text, /aria-label="Connections in the last ten minutes: 1 to 2,000"/)
  })

  it('filters by words and by state', () => {
    assert.deepEqual(pageOf(few, 'q=SHOP+5432').rows, ['shop/postgres'])
    assert.deepEqual(pageOf(few, 'q=port-conflict').rows, ['shop/other'])
    assert.deepEqual(pageOf(few, 'q=db.example.com').rows, ['shop/postgres'])
    assert.deepEqual(pageOf(few, 'state=not-served').rows, ['shop/other'])
    assert.deepEqual(pageOf(few, 'state=problems').rows.slice(0, 2), ['shop/other', 'shop/postgres'])
    assert.match(pageOf(few, 'q=nothing').text, /No Service matches the filter\. <a href="\/ui">Show all/)
    assert.match(pageOf(aState([])).text, /No Service asks for this lbex\./)
  })

  it('sorts, and links to the other order', () => {
    const counted = withTraffic(few, aTraffic(FEW))
    assert.equal(pageOf(counted, 'sort=-connections').rows[0], 'shop/api')
    assert.equal(pageOf(counted, 'sort=state').rows[0], 'shop/other')
    assert.equal(pageOf(counted, 'sort=-servers').rows[0], 'shop/api')
    assert.equal(pageOf(counted, 'sort=rate').rows.length, 5)
    assert.equal(pageOf(counted, 'sort=-bytes').rows.length, 5)
    assert.equal(pageOf(few, 'sort=-name').rows.at(-1), 'shop/api')
    assert.match(
      pageOf(few, 'sort=-state&q=shop').text,
      /aria-sort="descending"> ?<a id="sort-state" href="\/ui\?q=shop&amp;sort=state"/,
    )
  })

  it('has pages of 100 Services', () => {
    const many = aState(manyServices(250))
    const {text, rows} = pageOf(many, 'page=3')
    assert.deepEqual([rows.length, rows[0]], [50, 'shop/web-0200'])
    assert.match(text, /Page 3 of 3/)
    assert.match(text, /201–250 of 250/)
    assert.match(pageOf(many).text, /<a id="page-last" href="\/ui\?page=3">Last<\/a>/)
    assert.equal(pageOf(many, 'page=99').rows[0], 'shop/web-0200')
    assert.equal(pageOf(many, 'page=x&state=x&sort=x').rows[0], 'shop/web-0000')
  })

  it('limits the problems and the servers that it shows', () => {
    const text = pageOf(aState(manyServices(5000))).text
    assert.match(text, /51 more: <a href="\/ui\?state=problems">/)
  })

  it('limits the servers that it shows of one Service, whatever its listeners, and shows those that fail', () => {
    const servers = Array.from({length: 600}, (_, index) => ({
      ...{address: `10.0.0.7:${index}`, healthy: index !== 599},
    }))
    const service = aServiceState('large')
    const shown = (ports: number) => {
      const listeners = Array.from({length: ports}, () => ({...service.listeners[0]!, servers}))
      const {text} = pageOf(aState([{...service, listeners}]), 'service=shop/large')
      assert.equal(text.split('10.0.0.7:599').length - 1, ports)
      return {rows: text.split('<td><code>').length - 1, more: /and (\d+) more/.exec(text)?.[1]}
    }
    assert.deepEqual(shown(1), {rows: 600, more: undefined})
    assert.deepEqual(shown(4), {rows: 1000, more: '350'})
    assert.deepEqual(shown(500), {rows: 1500, more: '597'})
  })

  it('shows one Service', () => {
    const {text, title, status} = pageOf(withTraffic(few, aTraffic(FEW)), 'service=shop/postgres')
    assert.deepEqual([status, title], [200, 'shop/postgres - lbex'])
    for (const part of [
      '10.0.0.12:5432',
      'connection refused',
      'for db.example.com',
      'checked by tcp',
      'since <time',
    ])
      assert.ok(text.includes(part), part)
    assert.match(pageOf(few, 'service=shop/other').text, /class="badge bad">conflict/)
  })

  it('says that a Service is not there', () => {
    const {text, status} = pageOf(few, 'service=shop/gone')
    assert.equal(status, 404)
    assert.match(text, /<code>lbex explain shop\/gone<\/code> says why/)
  })

  it('says what is wrong with lbex and NGINX', () => {
    const {lbex, nginx} = few
    assert.ok(lbex && nginx)
    const bad: LbexState = {
      ...few,
      lbex: {...lbex, phase: 'resumed', problems: ['the API server answers 401']},
      nginx: {version: '1.22.1', serving: false, oldWorkers: 0},
      source: {stale: true, kinds: [{kind: 'Service'}]},
    }
    const {text} = pageOf(bad)
    for (const part of [
      'nothing could be read yet',
      'answers 401',
      'NGINX does not serve',
      'every change is a reload',
      'stale',
      'not read yet',
    ])
      assert.ok(text.includes(part), part)
    const live = {
      ...bad,
      nginx: {...nginx, liveUpdates: {working: false, upstreams: 0}},
      source: {stale: false, kinds: []},
    }
    assert.match(pageOf(live).text, /NGINX does not accept them live/)
    assert.match(pageOf(live).text, /lbex reads manifests/)
    const {version, at, summary, services, diagnostics} = few
    const bare = {version, at, summary, services, diagnostics}
    assert.match(pageOf(bare).text, /None since lbex started/)
  })
})

describe('the template of the status page', () => {
  const text = readFileSync(new URL('../../../../templates/ui.html', import.meta.url), 'utf8')

  it('loads nothing from elsewhere', () => {
    assert.ok(!/https?:\/\/|src=|@import|url\(/.test(text))
  })

  it('allows its own style and script only', () => {
    const {policy, render} = parseTemplate(text)
    const page = render({title: '<b>', version: 'v', skip: 's', body: undefined})
    assert.match(page, /<title>&lt;b&gt;<\/title>/)
    for (const [directive, element] of [
      ['style-src', 'style'],
      ['script-src', 'script'],
    ] as const) {
      const [, content = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page) ?? []
      const hash = createHash('sha256').update(content).digest('base64')
      assert.ok(policy.includes(`${directive} 'sha256-${hash}';`), directive)
    }
    assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'$/)
  })
})
