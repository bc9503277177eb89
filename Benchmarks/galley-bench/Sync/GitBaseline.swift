import Foundation

/// The same articles through git: the baseline of the sync figures.
enum GitBaseline {
    struct Figures {
        let commitMilliseconds: Double
        let cloneMilliseconds: Double
        let bytes: Int
    }

    /// Commits `articles` and clones them over `git daemon`; nil where there is no git.
    static func measure(articles: URL, in folder: URL) throws -> Figures? {
        guard Command.path(of: "git") != nil else { return nil }
        let git = Command(environment: [
            "HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        ])
        let source = folder.appending(path: "git-source")
        let served = folder.appending(path: "git-served")
        try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: articles, to: source)
        try git.run(["git", "init", "-q", "-b", "main", source.path])
        let added = try git.run(["git", "-C", source.path, "add", "-A"])
        let committed = try git.run(["git", "-C", source.path, "commit", "-q", "-m", "articles"])
        try git.run([
            "git", "clone", "-q", "--bare", source.path, served.path + "/articles.git",
        ])
        let port = try CountingProxy.unusedPort()
        let (daemon, _) = try git.start([
            "git", "daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1",
            "--port=\(port)", "--base-path=\(served.path)",
        ])
        defer { daemon.terminate() }
        let proxy = try CountingProxy(to: port)
        let address = "git://127.0.0.1:\(proxy.port)/articles.git"
        for attempt in 0... {
            if (try? git.run(["git", "ls-remote", address])) != nil { break }
            guard attempt < 50 else {
                throw Command.Failure(description: "git daemon does not answer")
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
        _ = proxy.take()
        let cloned = try git.run(["git", "clone", "-q", address, folder.path + "/git-clone"])
        return Figures(
            commitMilliseconds: added.milliseconds + committed.milliseconds,
            cloneMilliseconds: cloned.milliseconds,
            bytes: proxy.take().total
        )
    }
}
