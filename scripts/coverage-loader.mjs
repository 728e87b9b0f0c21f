// Coverage needs to know which line of the source a range of the running code came from. tsx puts a whole module on one
// line, and the way back from there is inexact; so the modules of src/ come through here instead, line by line.
// Loaded after tsx, which still finds the files.
import {register} from 'node:module'
import {isMainThread} from 'node:worker_threads'

if (isMainThread) {
  register(import.meta.url)
  // Node has read it. Programs that tests start run the bundle, or these sources in another form: they must not count.
  delete process.env.NODE_V8_COVERAGE
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!isOurs(url)) return nextLoad(url, context)
  const {readFile} = await import('node:fs/promises')
  const {transform} = await import('esbuild')
  const {code} = await transform(await readFile(new URL(url), 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    sourcefile: decodeURIComponent(new URL(url).pathname),
  })
  return {format: 'module', source: code, shortCircuit: true}
}

const source = new URL('../src/', import.meta.url).href

function isOurs(url) {
  return url.startsWith(source) && /\.ts(\?|$)/.test(url)
}
