import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type IncomingMessage, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {gkeCredentials, type GkeServers} from '../../../src/kube/gke-credentials.js'
import {openAccess} from '../../../src/kube/open-access.js'
import {FakeClock} from '../../unit/controller/fake-clock.js'

const CLUSTER = 'projects/my-project/locations/us-central1-a/clusters/shop'
const CA = 'an authority'

type Answer = {readonly status: number; readonly body: unknown}

describe('kube/gke-credentials', () => {
  let server: Server
  let place: GkeServers
  let clock: FakeClock
  let asked: IncomingMessage[]
  let token: Answer
  let cluster: Answer

  beforeEach(async () => {
    asked = []
    token = {status: 200, body: {access_token: 'token-1', expires_in: 3599, token_type: 'Bearer'}}
    cluster = {
      status: 200,
      body: {endpoint: '203.0.113.7', masterAuth: {clusterCaCertificate: Buffer.from(CA).toString('base64')}},
    }
    clock = new FakeClock()
    server = createServer((request, response) => {
      asked.push(request)
      const {status, body} = request.url?.startsWith('/computeMetadata/') ? token : cluster
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    // Two names of one server, so that they differ in messages.
    place = {metadata: url, api: new URL(url.href.replace('127.0.0.1', 'localhost'))}
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  function paths(): string[] {
    return asked.map(({url}) => url ?? '')
  }

  const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token'

  it('gets the token from the metadata server, and the rest from the GKE API', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    assert.equal(source.through, `--gke-cluster ${CLUSTER}`)
    assert.deepEqual(await source.load(false), {
      server: new URL('https://203.0.113.7'),
      headers: {authorization: 'Bearer token-1'},
      tls: {ca: CA},
    })
    assert.deepEqual(paths(), [TOKEN, `/v1/${CLUSTER}`])
    assert.equal(asked[0]?.headers['metadata-flavor'], 'Google')
    assert.equal(asked[1]?.headers.authorization, 'Bearer token-1')
  })

  it('renews the token before it expires, and not on every request', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    await source.load(false)
    await source.load(false)
    assert.equal(asked.length, 2)
    token = {status: 200, body: {access_token: 'token-2', expires_in: 3599}}
    await clock.advance((3599 - 240) * 1000)
    assert.deepEqual((await source.load(false)).headers, {authorization: 'Bearer token-2'})
    assert.deepEqual(paths().slice(2), [TOKEN, `/v1/${CLUSTER}`])
  })

  it('reloads everything with fresh', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    await source.load(false)
    token = {status: 200, body: {access_token: 'token-2', expires_in: 3599}}
    assert.deepEqual((await source.load(true)).headers, {authorization: 'Bearer token-2'})
    assert.equal(asked.length, 4)
  })

  it('uses the last known cluster while the GKE API cannot be reached', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    const before = await source.load(false)
    cluster = {status: 503, body: ''}
    await clock.advance(11 * 60_000)
    assert.deepEqual(await source.load(false), before)
    await assert.rejects(source.load(true), {
      code: 'credentials-failed',
      temporary: true,
      message: /localhost:\d+ answers with HTTP 503$/,
    })
  })

  it('uses the private address of a cluster without a public one', async () => {
    const privateClusterConfig = {enablePrivateEndpoint: true, privateEndpoint: '172.16.0.2'}
    cluster = {status: 200, body: {...(cluster.body as object), privateClusterConfig}}
    assert.equal((await gkeCredentials(CLUSTER, clock, place).load(false)).server.href, 'https://172.16.0.2/')
  })

  it('names the server that refuses, with a hint', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    cluster = {status: 403, body: ''}
    await assert.rejects(source.load(false), {
      temporary: false,
      message: /^no credentials from --gke-cluster \S+: localhost:\d+ answers with HTTP 403$/,
      hint: /roles\/container\.viewer/,
    })
    token = {status: 404, body: ''}
    await assert.rejects(source.load(true), {
      message: /127\.0\.0\.1:\d+ answers with HTTP 404$/,
      hint: /works on VMs of Google Cloud/,
    })
  })

  it('rejects responses that are not valid', async () => {
    const source = gkeCredentials(CLUSTER, clock, place)
    for (const body of ['<html>', 'null', {access_token: '', expires_in: 1}]) {
      token = {status: 200, body}
      await assert.rejects(source.load(true), {message: /something that is not a token$/})
    }
    token = {status: 200, body: {access_token: 'token-1', expires_in: 3599}}
    for (const body of [
      '<html>',
      'null',
      {endpoint: '203.0.113.7'},
      {...(cluster.body as object), endpoint: 'a b'},
    ]) {
      cluster = {status: 200, body}
      await assert.rejects(source.load(true), {
        message: /has no address of the cluster yet$/,
        temporary: true,
      })
    }
  })

  it('names the server that does not answer', async () => {
    const source = gkeCredentials(CLUSTER, clock, {...place, metadata: new URL('http://127.0.0.1:9')})
    await assert.rejects(source.load(false), {temporary: true, hint: /works on VMs of Google Cloud/})
  })

  it('refuses a cluster name that is not valid', () => {
    for (const name of [
      'shop',
      `${CLUSTER}/x`,
      '../projects/a/locations/b/clusters/c',
      'projects/A/locations/b/clusters/c',
    ]) {
      assert.throws(() => gkeCredentials(name, clock), {code: 'gke-cluster-invalid'})
    }
  })

  it('gives access to an API server', async () => {
    const access = await openAccess({gkeCluster: CLUSTER, gke: place, clock, version: '0.0.0'})
    assert.equal(access.description, `the API server at https://203.0.113.7 (--gke-cluster ${CLUSTER})`)
    access.close()
  })
})
