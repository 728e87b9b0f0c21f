import assert from 'node:assert/strict'
import {formatEntry, parseEntry} from '../../../../../src/dataplane/nginx/live/entry.js'

const server = (address: string, weight = 1) => ({address, port: 80, weight})

describe('formatEntry', () => {
  it('pads the servers to one width', () => {
    assert.equal(formatEntry([server('10.0.0.1'), server('10.0.0.10')]), '12:10.0.0.1:80 10.0.0.10:80')
    assert.equal(formatEntry([server('2001:db8::1')]), '16:[2001:db8::1]:80')
  })

  it('has a slot for each unit of weight, spread as NGINX spreads connections', () => {
    const servers = [server('10.0.0.1', 5), server('10.0.0.2'), server('10.0.0.3')]
    assert.equal(letters(formatEntry(servers)), '1121311')
  })

  it('is empty without servers', () => {
    assert.equal(formatEntry([]), '1:')
  })

  it('does not have more than 500 slots', () => {
    const many = Array.from({length: 250}, (_, index) => server(`10.0.${index}.1`, 2))
    assert.equal(formatEntry(many)?.length, 3 + 500 * 13)
    assert.equal(formatEntry([...many, server('10.1.0.1')]), undefined)
  })
})

describe('parseEntry', () => {
  it('returns the weights of the servers that formatEntry wrote', () => {
    const servers = [server('10.0.0.1', 5), server('10.0.0.10'), server('2001:db8::1', 2)]
    assert.deepEqual([...(parseEntry(formatEntry(servers) ?? '') ?? [])].sort(), [
      ['10.0.0.10:80', 1],
      ['10.0.0.1:80', 5],
      ['[2001:db8::1]:80', 2],
    ])
    assert.deepEqual(parseEntry(formatEntry([]) ?? ''), new Map())
  })

  for (const entry of [
    '',
    ':',
    '0:',
    '12:10.0.0.1:80',
    '10:example:80',
    '9:unix:/a:1',
    '11:10.0.0.1:80;',
    '1:\n',
  ])
    it(`does not accept ${JSON.stringify(entry)}`, () => assert.equal(parseEntry(entry), undefined))
})

/** The last digit of each address. */
function letters(entry = ''): string {
  return [...entry.matchAll(/\.(\d):80/g)].map(([, digit]) => digit).join('')
}
