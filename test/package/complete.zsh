# zsh complete.zsh FOLDER LINE: what an interactive zsh shows when the tab key is pressed at the end of LINE.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; unsetopt beep list_beep; COLUMNS=200'
zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' verbose no"
zpty -w shell 'leave() { exit }; zle -N leave; bindkey "^I" complete-word; bindkey "^X" leave; print BEG""IN'
zpty -w -n shell "$2"$'\t\C-X'
while zpty -r shell output; do print -rn -- "$output"; done
