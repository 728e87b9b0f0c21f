import assert from 'node:assert/strict'
import {parseLabelSelector} from '../../../src/util/label-selector.js'

const OBJECTS: Record<string, Record<string, string> | undefined> = {
  web: {app: 'web', tier: 'front', 'example.com/team': 'a'},
  api: {app: 'api', tier: ''},
  bare: undefined,
}

/** The names of the objects that match. */
function matching(text: string): string {
  const selector = parseLabelSelector(text)
  if (typeof selector === 'string') throw new Error(selector)
  return Object.keys(OBJECTS)
    .filter((name) => selector(OBJECTS[name]))
    .join(' ')
}

describe('a label selector', () => {
  for (const [text, names] of [
    ['', 'web api bare'],
    ['app=web', 'web'],
    ['app == web', 'web'],
    ['app!=web', 'api bare'],
    ['tier=', 'api'],
    ['app in (web, api)', 'web api'],
    ['tier in (front,)', 'web api'],
    ['app notin (web)', 'api bare'],
    ['tier', 'web api'],
    ['!tier', 'bare'],
    ['! example.com/team', 'api bare'],
    ['app in (web,api),tier!=front', 'api'],
    [' app=web , example.com/team=a ', 'web'],
    ['constructor', ''],
    ['in', ''],
  ] as const)
    it(`${JSON.stringify(text)} matches ${names === '' ? 'nothing' : names}`, () => {
      assert.equal(matching(text), names)
    })

  for (const text of [
    'app=web,',
    'a b',
    'app=-',
    'app in web',
    'app in (a,b',
    'app in (a b)',
    'a>1',
    '=a',
    '!',
  ])
    it(`refuses ${text}`, () => {
      assert.match(String(parseLabelSelector(text)), / is not a valid label selector; write KEY=VALUE, /)
    })

  it('names the part that is not valid', () => {
    assert.match(String(parseLabelSelector('app=web,a b')), /^"a b" is not valid|^"a b" is not a valid /)
  })
})
