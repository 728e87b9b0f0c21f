import {Args} from '@oclif/core'
import {LbexCommand} from '../cli/base-command.js'

export default class CompletionCommand extends LbexCommand {
  static override summary = 'Print what a shell needs to complete the commands and flags of lbex.'

  static override description =
    'The packages for Debian and npm bring these files too: use this command if lbex was installed in another way.'

  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    '<%= config.bin %> completion zsh > "${fpath[1]}/_lbex"',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/lbex.fish',
  ]

  static override usage = 'completion bash|zsh|fish'
  static override flags = {}
  static override args = {shell: Args.string({description: 'The shell: bash, zsh or fish.'})}
  static override strict = false

  override async run(): Promise<void> {
    const {words} = await this.readFlagsAndWords({})
    const {completion} = await import('../cli/completion.js')
    this.show(completion(words, this.config.commands))
  }
}
