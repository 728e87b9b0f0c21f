/** The status page in a real browser: light, dark, narrow, without JavaScript, by keyboard, live, and with 5,000 Services. */
import assert from 'node:assert/strict'
import axe, {type AxeResults} from 'axe-core'
import type {Browser, BrowserContextOptions, Page} from 'playwright-core'
import {startChromium} from '../../../support/chromium.js'
import {skipBecause} from '../../../support/skip.js'
import {INTEGRATION_TIMEOUT, UNIT_TIMEOUT} from '../../../support/timeouts.js'
import {UiServer} from '../../../support/ui-server.js'
import {aServiceState, aState, aTraffic, FEW, manyServices, withTraffic} from '../../../support/ui-states.js'

const MANY = manyServices(5000)
/** Milliseconds of one step. */
const PATIENCE = UNIT_TIMEOUT

describe('the status page in Chromium', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let browser: Browser | undefined
  let server: UiServer | undefined
  const pages: Page[] = []

  before(async function () {
    const started = await startChromium()
    skipBecause(this, 'reason' in started ? started.reason : undefined)
    if ('browser' in started) browser = started.browser
    // The browser gets the token in each context as the password of a user.
    server = await UiServer.start(aState([]), {readToken: async () => 'the-token'})
  })
  after(async () => {
    await browser?.close()
    await server?.close()
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
  })

  /** Collects what the browser complains about: scripts that fail, and what the Content-Security-Policy blocks. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    assert.ok(browser && server)
    const context = await browser.newContext({
      ...{viewport: {width: 1280, height: 900}, httpCredentials: {username: 'any', password: 'the-token'}},
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    pages.push(page)
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(server.url + path, {timeout: PATIENCE})
    return {page, complaints}
  }

  async function violations(page: Page): Promise<unknown[]> {
    await page.evaluate(axe.source)
    const {violations: found} = await page.evaluate<AxeResults>('axe.run()')
    return found.map(({id, nodes}) => [id, nodes.map(({html}) => html)])
  }

  const few = withTraffic(aState(FEW), aTraffic(FEW))

  for (const [what, path, options] of [
    ['the list, light', '/ui', {colorScheme: 'light'}],
    ['the list, dark and narrow', '/ui', {colorScheme: 'dark', viewport: {width: 390, height: 800}}],
    ['a Service, dark', '/ui?service=shop/postgres', {colorScheme: 'dark'}],
  ] as const)
    it(`has no violation of axe: ${what}`, async () => {
      server?.show(few)
      const {page, complaints} = await open(path, options)
      assert.deepEqual([await violations(page), complaints], [[], []])
    })

  it('shows the same without JavaScript: names, filter, order, pages and one Service', async () => {
    server?.show(withTraffic(aState(MANY), aTraffic(MANY)))
    const {page} = await open('/ui', {javaScriptEnabled: false})
    assert.equal(await page.locator('#services tbody tr').count(), 100)
    await page.getByRole('link', {name: 'Next'}).click()
    await page.getByText('Page 2 of 50').waitFor()
    await page.getByLabel('Filter').fill('web-0007')
    await page.getByRole('button', {name: 'Show'}).click()
    await page.getByText('1–1 of 1').waitFor()
    await page.getByRole('link', {name: 'shop/web-0007'}).first().click()
    await page.getByRole('heading', {name: 'shop/web-0007 not-served'}).waitFor()
  })

  it('filters 5,000 Services while the user types, and keeps the address, the order and the focus', async () => {
    server?.show(withTraffic(aState(MANY), aTraffic(MANY)))
    const {page, complaints} = await open('/ui?sort=-connections')
    assert.equal(await page.locator('#services tbody a').first().textContent(), 'shop/web-0000')
    await page.keyboard.press('/')
    await page.keyboard.type('port-conflict 4957')
    await page.getByText('1–1 of 1').waitFor()
    assert.equal(new URL(page.url()).search, '?q=port-conflict+4957&sort=-connections')
    assert.equal(await page.evaluate('document.activeElement.id'), 'q')
    assert.deepEqual(complaints, [])
  })

  it('shows a change of the state at once, without losing the focus or what is open', async () => {
    server?.show(aState(FEW))
    const {page, complaints} = await open('/ui')
    await page.locator('#earlier summary').click()
    await page.locator('#sort-state').focus()
    server?.show(aState([...FEW, aServiceState('zz-new')]))
    await page.getByRole('link', {name: 'shop/zz-new'}).waitFor()
    await page.getByText('Live', {exact: true}).waitFor()
    assert.equal(await page.evaluate('document.activeElement.id'), 'sort-state')
    assert.equal(await page.locator('#earlier').getAttribute('open'), '')
    assert.deepEqual(complaints, [])
  })

  it('says that it is live only after it has read what it missed', async () => {
    server?.show(aState(FEW))
    const {page} = await open('/ui')
    let asked = 0
    await page.route('**/ui', (route) => ((asked += 1) === 1 ? route.abort() : route.continue()))
    server?.show(aState([...FEW, aServiceState('zz-new')]))
    await page.getByText('Not connected', {exact: true}).waitFor()
    await page.getByText('Live', {exact: true}).waitFor()
    assert.equal(await page.getByRole('link', {name: 'shop/zz-new'}).count(), 1)
  })

  it('runs no script but its own', async () => {
    server?.show(aState(FEW))
    const {page} = await open('/ui')
    assert.equal(await page.locator('#services script').count(), 0)
    const blocked = await page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {once: true})
      const script = document.createElement('script')
      script.textContent = 'globalThis.injected = true'
      document.body.append(script)
    })`)
    assert.equal(blocked, 'script-src-elem')
    assert.equal(await page.evaluate('globalThis.injected'), undefined)
  })
})
