import assert from 'node:assert/strict'
import {baselineOf, compareWithBaseline} from '../../../src/lint/baseline.js'
import {BARE, CONFLICT, FILE} from '../report/samples.js'

const nameOf = (file: string) => `root/${file}`

describe('a baseline', () => {
  it('counts equal findings, without their lines', () => {
    assert.deepEqual(baselineOf([CONFLICT, FILE, CONFLICT], nameOf), [
      {
        code: 'port-conflict',
        file: 'root/demo.yaml',
        object: 'Service default/b',
        field: 'metadata.annotations["loadbalancer-port.lbex/http"]',
        message: '0.0.0.0:80/TCP is already taken',
        count: 2,
      },
      {
        code: 'yaml-syntax',
        file: 'root/x.yaml',
        object: 'File x.yaml',
        field: '',
        message: 'not valid YAML',
        count: 1,
      },
    ])
  })

  it('hides as many findings as it has, and counts those that are gone', () => {
    const baseline = baselineOf([CONFLICT, BARE], nameOf)
    const compare = (...read: string[]) =>
      compareWithBaseline([CONFLICT, CONFLICT, FILE], baseline, {nameOf, read: new Set(read)})
    assert.deepEqual(compare('root/demo.yaml', 'root/'), {fresh: [CONFLICT, FILE], known: 1, gone: 1})
    assert.deepEqual(compare('root/demo.yaml'), {fresh: [CONFLICT, FILE], known: 1, gone: 0})
  })
})
