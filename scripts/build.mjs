// Bundles lbex into dist/: the two ways in (the program, and the command list that oclif loads), with their lazy parts as
// chunks that are read only when they are needed. Plain JavaScript, so that it starts fast.
import {mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

const options = {
  absWorkingDir: root,
  entryPoints: {'cli/main': 'src/cli/main.ts', 'commands/index': 'src/commands/index.ts'},
  outdir: 'dist.next',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  // oclif loads them only if it runs TypeScript sources itself.
  external: ['typescript', 'ts-node', 'tsx'],
  // node-fetch has it for Nodes without a URL of their own: 350 kB, and a warning of Node 21 and newer about punycode.
  alias: {'whatwg-url': 'node:url'},
  // Packages in CommonJS call require for what is built into Node.
  banner: {
    js: "import {createRequire as requireFrom} from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
  logLevel: 'warning',
  metafile: true,
}

try {
  const {metafile} = await build(options)
  rmSync(`${root}dist`, {recursive: true, force: true})
  renameSync(`${root}dist.next`, `${root}dist`)
  // Which package each part came from: scripts/package/ reads it.
  mkdirSync(`${root}.cache`, {recursive: true})
  writeFileSync(`${root}.cache/bundle.json`, JSON.stringify(metafile))
} catch (error) {
  // esbuild has already shown what is wrong, and where.
  if (!error.errors) throw error
  process.exitCode = 1
}
