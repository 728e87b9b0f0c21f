import assert from 'node:assert/strict'
import {parsePortRange} from '../../../../src/core/intent/port-range.js'

const RANGES: [text: string, expected: ReturnType<typeof parsePortRange>][] = [
  ['20000-20100', {first: 20_000, last: 20_100}],
  ['1-1000', {first: 1, last: 1000}],
  ['65535-65535', {first: 65_535, last: 65_535}],
  ['1-1001', {why: 'it has 1001 ports, but the limit is 1000'}],
  ['20100-20000', {why: 'the first port, 20100, is above the last port, 20000'}],
  ['0-10', {why: '0 is not a valid port number'}],
  ['65530-65536', {why: '65536 is not a valid port number'}],
  ['020-30', {why: '020 is not a valid port number'}],
  ['20000 - 20100', {why: 'it contains spaces'}],
  ['20000-20100 ', {why: 'it contains spaces'}],
  ...['', '-', '80', '-80', '80-', '80-90-100', '80–90', 'a-b', '80,90', '+80-90'].map(
    (text): [string, undefined] => [text, undefined],
  ),
]

describe('parsePortRange', () => {
  for (const [text, expected] of RANGES)
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parsePortRange(text), expected))
})
