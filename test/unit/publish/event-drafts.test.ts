import assert from 'node:assert/strict'
import {diagnose} from '../../../src/diagnostics/diagnostic.js'
import {problemDrafts} from '../../../src/publish/event-drafts.js'
import {ofOurClass} from './support.js'

describe('publish/event-drafts', () => {
  it('has no more of one Service than an object may have, errors first', () => {
    const service = ofOurClass('web')
    const keys = Array.from({length: 100}, (_, at) => `loadbalancer.lbex/x${at}`)
    const warnings = keys.map((key) => diagnose('annotation-unknown', {subject: service, args: {key}}))
    const error = diagnose('service-type', {subject: service, args: {what: 'a headless Service'}})
    const diagnostics = new Map([['default/web', [...warnings, error]]])
    const context = {diagnostics, served: [], isLeader: true, hostName: 'host-1'}
    const drafts = [...problemDrafts({services: [service]}, context)]
    assert.equal(drafts.length, 25)
    assert.equal(drafts[0]?.reason, 'ServiceType')
  })
})
