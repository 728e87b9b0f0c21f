/** `render --diff`: the difference to a folder, or to the configuration that NGINX serves. */
import {contentHash} from '../../core/model/content-hash.js'
import {Failure} from '../../diagnostics/failure.js'
import {diffText, type PlainFile} from '../../report/diff-text.js'
import {withDiagnostics, type RenderResult} from '../../report/render-report.js'
import type {CommandReport} from '../../report/report.js'

/** `against` is a folder, or `live` for what NGINX serves from `directory`. Rejects with a Failure if there is nothing to compare with. */
export async function compare(
  {generation, diagnostics}: RenderResult,
  against: string,
  directory: string,
  colour: boolean,
): Promise<CommandReport> {
  const before =
    against === 'live'
      ? withCommentsOf(generation.files, await liveFiles(directory))
      : await folderFiles(against)
  const difference = diffText(before, generation.files, colour)
  const report = withDiagnostics(difference, diagnostics, difference === '' ? ['no differences'] : [])
  return {...report, ...(colour && {colour})}
}

async function folderFiles(folder: string): Promise<PlainFile[]> {
  const {readOutputFolder} = await import('./output-folder.js')
  return readOutputFolder(folder)
}

async function liveFiles(directory: string): Promise<readonly PlainFile[]> {
  const {readLiveGeneration} = await import('../../dataplane/nginx/store/tree-reader.js')
  const live = await readLiveGeneration(directory)
  if (live) return live.files
  throw new Failure(`no configuration is served from ${directory}`, {
    code: 'no-live-generation',
    hint: 'lbex run has not applied anything there; --nginx-dir names another folder',
  })
}

/** A changed comment does not cause a reload, so it must not show as a difference either. */
function withCommentsOf(wanted: readonly PlainFile[], live: readonly PlainFile[]): readonly PlainFile[] {
  const texts = new Map(wanted.map(({path, text}) => [path, text]))
  return live.map((file) => {
    const text = texts.get(file.path) ?? file.text
    return contentHash(text) === contentHash(file.text) ? {...file, text} : file
  })
}
