import assert from 'node:assert/strict'
import {aService, aSnapshot, options} from '../../../support/builders.js'
import {evaluate} from '../../../support/translate.js'

const named = (name: string, host: string, annotations: Readonly<Record<string, string>>) =>
  aService(name)
    .port('https', 443, {listen: 443})
    .annotated({'upstream-type': 'cluster-ip', hosts: host, ...annotations})

describe('the source ranges of routes', () => {
  it('are those of every route of a name, also of one that gets no traffic', () => {
    const group = {'shared-listener': 'shop', 'source-ranges': '10.0.0.0/8'}
    const services = [
      named('canary', 'shop.example.com', {...group, weight: '0'}),
      named('main', 'shop.example.com', group),
      named('other', 'other.example.com', {'source-ranges': '192.0.2.0/24'}),
    ]
    const {loadBalancer} = evaluate(aSnapshot(services), options())
    const routes = loadBalancer.shared.flatMap(({listener}) => listener.routes)
    assert.deepEqual(
      routes.map(({owner, sourceRanges}) => [owner.name, sourceRanges]),
      [
        ['other', ['192.0.2.0/24']],
        ['canary', ['10.0.0.0/8']],
        ['main', ['10.0.0.0/8']],
      ],
    )
  })
})
