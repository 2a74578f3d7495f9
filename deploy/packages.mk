# What is installed, packed and given away; `make help` lists the targets.

install: $(if $(wildcard $(BIN)),$(BIN),all) ## into $(DESTDIR)$(PREFIX): program, kubectl plugin, man page, shell completion
	install -D -m755 $(BIN) $(DESTDIR)$(PREFIX)/bin/backup-guard
	for name in kubectl-backup_guard kubectl_complete-backup_guard; do ln -sf backup-guard $(DESTDIR)$(PREFIX)/bin/$$name; done
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	$(SAYS) help --format man >$(DESTDIR)$(PREFIX)/share/man/man1/backup-guard.1
	$(SAYS) completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/backup-guard
	$(SAYS) completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_backup-guard
	$(SAYS) completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/backup-guard.fish

uninstall: ## what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/backup-guard bin/kubectl-backup_guard bin/kubectl_complete-backup_guard share/man/man1/backup-guard.1 \
	  share/bash-completion/completions/backup-guard share/zsh/site-functions/_backup-guard share/fish/vendor_completions.d/backup-guard.fish)

# What is packed is built once for both, whoever asks for it: build/programs says where it is for arm64.
programs:
	$(GO)tests/deps.sh build deb && $(BUILD) $(BIN)
	@$(if $(ALONE),:,deploy/arm64.sh) >build/programs

image: programs ## the container image for amd64 and arm64 (ALONE=1: for this machine), as an OCI archive in build/
	@deploy/image.sh build/backup-guard-image.tar $(BIN) $$(cat build/programs)

deb: programs ## packages for this release of Debian, amd64 and arm64 (ALONE=1: for this machine), in build/
	@deploy/debian/build.sh build $(BIN) $$(cat build/programs)

release: ## all that a release has, with its sums; deploy/release.sh says more
	@deploy/release.sh --dry-run

dist: ## a source archive of HEAD
	@mkdir -p build && name=cnpg-backup-guard-$$(deploy/version.sh version) && \
	  git archive --prefix=$$name/ HEAD | gzip -9n >build/$$name.tar.gz

.PHONY: install uninstall programs image deb release dist
