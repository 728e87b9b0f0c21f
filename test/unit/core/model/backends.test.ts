import assert from 'node:assert/strict'
import {evaluate} from '../../../support/translate.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

type Parts = Parameters<typeof aSnapshot>[0]

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8080)
const ready = anEndpoint('10.1.0.1').on('a')
const said = (parts: Parts) => outcome(aSnapshot(parts), options()).messages
const hint = (parts: Parts) => evaluate(aSnapshot(parts), options()).diagnostics[0]?.hint
const closed = (why: string) => [`no-backend: listen port 8080/TCP is closed: ${why}`]

describe('the reason why a port without a usable endpoint is closed', () => {
  it('no endpoints at all', () => {
    assert.deepEqual(said([web]), closed('the Service has no endpoints'))
    assert.deepEqual(said([web, slice]), closed('the Service has no endpoints'))
    assert.deepEqual(hint([web]), 'check that there are Pods that match spec.selector')
    assert.deepEqual(
      hint([web.with({hasSelector: false})]),
      'a Service without spec.selector needs manually created EndpointSlices',
    )
  })

  it('no endpoint is ready', () => {
    assert.deepEqual(said([web, slice.endpoints(ready.notReady())]), closed('its only endpoint is not ready'))
    assert.deepEqual(
      said([web, slice.endpoints(ready.notReady(), anEndpoint('10.1.0.2').notReady())]),
      closed('none of its 2 endpoints is ready'),
    )
    assert.deepEqual(
      hint([web, slice.endpoints(ready.notReady())]),
      'find out why its Pods are not ready: kubectl get pods -n default',
    )
  })

  it('no endpoint has the port name, protocol or family', () => {
    assert.deepEqual(
      said([web, aSlice('web').port('https', 443).endpoints(ready)]),
      closed('no EndpointSlice of the Service has a TCP port named "http"'),
    )
    assert.deepEqual(
      said([web, aSlice('web').port('http', 80, 'UDP').endpoints(ready)]),
      closed('no EndpointSlice of the Service has a TCP port named "http"'),
    )
    const unnamed = aService('web').annotated({'upstream-type': 'pod'}).port('', 80, {listen: 8080})
    assert.deepEqual(
      said([unnamed, slice.endpoints(ready)]),
      closed('no EndpointSlice of the Service has a TCP port without a name'),
    )
    assert.deepEqual(
      said([web, slice.ipv6().endpoints(anEndpoint('fd00::1'))]),
      closed('the Service has no IPv4 endpoints'),
    )
  })

  it('no endpoint has an address', () => {
    assert.deepEqual(
      said([web, slice.endpoints(anEndpoint())]),
      closed('none of its endpoints has an IPv4 address'),
    )
  })
})
