// The tables of a replica. Of two kinds: what was said (log, membership, cursors), which is never
// derived from anything, and what follows from it, which `rebuild` can make again at any time.

/// The schema, as of `version`.
enum Schema {
    /// What `PRAGMA user_version` holds.
    static let version: Int64 = 5
    /// What `PRAGMA application_id` holds: "galy".
    static let applicationID: Int64 = 0x6761_6C79

    /// What was said.
    static let log = """
        CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value ANY NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The membership log; the receipt is the hub's.
        CREATE TABLE member (
            seq INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            record BLOB NOT NULL,
            receipt BLOB
        ) STRICT;

        -- Claim codes of a hub that nobody has used yet, as hashes.
        CREATE TABLE claim (
            hash BLOB NOT NULL PRIMARY KEY
        ) STRICT, WITHOUT ROWID;

        -- The log of change sets in order of arrival, which is a causal order. A body is zstd where
        -- it is shorter than its size; NULL where it is absent.
        CREATE TABLE entry (
            row INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            chain BLOB NOT NULL,
            seq INTEGER NOT NULL,
            lamport INTEGER NOT NULL,
            membership INTEGER NOT NULL,
            signature INTEGER NOT NULL,
            size INTEGER NOT NULL,
            header BLOB NOT NULL,
            body BLOB
        ) STRICT;
        -- A chain that forked has several entries of one seq.
        CREATE INDEX entry_chain ON entry (chain, seq);

        -- The hub's order of entries, with the accumulator up to each.
        CREATE TABLE hub_log (
            position INTEGER PRIMARY KEY,
            entry INTEGER NOT NULL UNIQUE REFERENCES entry,
            accumulator BLOB NOT NULL
        ) STRICT;
        -- Entries the hub has not given a position, as far as known here.
        CREATE TABLE unplaced (
            entry INTEGER PRIMARY KEY REFERENCES entry
        ) STRICT;

        -- Hubs, and how far their log was followed.
        CREATE TABLE remote (
            hub BLOB NOT NULL PRIMARY KEY,
            address TEXT NOT NULL,
            position INTEGER NOT NULL,
            accumulator BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        \(parking)

        \(accepted)
        \(held)
        """

    /// Entries that wait; as of version 4 in the order in which they came.
    static let parking = """
        -- Entries that wait for a dependency or a membership record. Where there is no room, those
        -- with the smallest turn are dropped first.
        CREATE TABLE parked (
            id BLOB NOT NULL PRIMARY KEY,
            peer BLOB NOT NULL,
            turn INTEGER NOT NULL,
            size INTEGER NOT NULL,
            header BLOB NOT NULL,
            body BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX parked_peer ON parked (peer, turn, size);
        CREATE INDEX parked_turn ON parked (turn);
        -- What each waits for: an entry's id, or a record's number as 8 bytes.
        CREATE TABLE waiting (
            missing BLOB NOT NULL,
            parked BLOB NOT NULL,
            PRIMARY KEY (missing, parked)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX waiting_parked ON waiting (parked);
        """

    /// What came with versions 4 and 5 to what was said.
    static let held = """
        -- Entries whose own signature does not hold, though that of a later one proves them.
        CREATE TABLE IF NOT EXISTS unsound (
            entry INTEGER PRIMARY KEY REFERENCES entry
        ) STRICT;
        -- Entries that a hub does not take, with the code and the words it gave.
        CREATE TABLE IF NOT EXISTS refused (
            entry INTEGER PRIMARY KEY REFERENCES entry,
            hub BLOB NOT NULL,
            code INTEGER NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        -- Pieces of large bodies whose entries have not come yet, in order of arrival.
        CREATE TABLE IF NOT EXISTS piece (
            row INTEGER PRIMARY KEY,
            peer BLOB NOT NULL,
            hash BLOB NOT NULL,
            start INTEGER NOT NULL,
            total INTEGER NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS piece_body ON piece (peer, hash, start);
        """

    /// What came with version 2 to what was said.
    static let accepted = """
        -- Automatic merges that the user of this replica has looked at; no part of the library.
        CREATE TABLE accepted (
            review BLOB NOT NULL PRIMARY KEY
        ) STRICT, WITHOUT ROWID;
        """

    /// What follows from what was said.
    static let derived = """
        CREATE TABLE chain (
            id BLOB NOT NULL PRIMARY KEY,
            device BLOB NOT NULL,
            forked INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Entries that entries of a chain named as dependencies, and which did.
        CREATE TABLE dependency (
            chain BLOB NOT NULL,
            id BLOB NOT NULL,
            entry INTEGER NOT NULL REFERENCES entry,
            PRIMARY KEY (chain, id, entry)
        ) STRICT, WITHOUT ROWID;

        -- The part of each entry that touches an article. A seed has a row for each carrier. A
        -- fault is why the change has no effect.
        CREATE TABLE change (
            id BLOB NOT NULL,
            entry INTEGER NOT NULL REFERENCES entry,
            part INTEGER NOT NULL,
            article BLOB NOT NULL,
            fault INTEGER,
            PRIMARY KEY (id, entry)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX change_article ON change (article, entry);
        CREATE INDEX change_entry ON change (entry);

        -- Articles as lists show them.
        CREATE TABLE article (
            row INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            title TEXT NOT NULL,
            date TEXT NOT NULL,
            excerpt TEXT NOT NULL,
            scalars INTEGER NOT NULL,
            changes INTEGER NOT NULL,
            notes INTEGER NOT NULL,
            open_notes INTEGER NOT NULL,
            conflicts INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            newer INTEGER NOT NULL,
            last_lamport INTEGER NOT NULL,
            last_change BLOB NOT NULL,
            last_time INTEGER NOT NULL,
            last_device BLOB NOT NULL
        ) STRICT;
        CREATE INDEX article_last ON article (last_time DESC, id);

        -- The whole state of articles changed since their seed; of others the seed in the log is
        -- the state.
        CREATE TABLE article_state (
            article INTEGER PRIMARY KEY REFERENCES article,
            state BLOB NOT NULL
        ) STRICT;

        CREATE TABLE tag (
            article INTEGER NOT NULL REFERENCES article,
            tag TEXT NOT NULL,
            PRIMARY KEY (article, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tag_article ON tag (tag, article);

        -- Annotations and replies that are not deleted; a reply has its annotation as parent.
        CREATE TABLE note (
            change BLOB NOT NULL,
            number INTEGER NOT NULL,
            article INTEGER NOT NULL REFERENCES article,
            PRIMARY KEY (change, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX note_article ON note (article);

        -- Articles whose words have changed since they were put into the search index, which is
        -- done when somebody searches.
        CREATE TABLE unindexed (
            article INTEGER PRIMARY KEY
        ) STRICT;

        \(views)
        """

    /// What people see of articles; came with version 2.
    static let views = """
        -- What people see of articles in which concurrent edits touch, or wait to be looked at; of
        -- others it is the state.
        CREATE TABLE article_view (
            article INTEGER PRIMARY KEY REFERENCES article,
            view BLOB NOT NULL
        ) STRICT;
        -- Articles of which that has to be worked out again.
        CREATE TABLE unsettled (
            article INTEGER PRIMARY KEY
        ) STRICT;

        -- Open conflicts, and automatic merges to look at, by their ids.
        CREATE TABLE conflict (
            id BLOB NOT NULL PRIMARY KEY,
            article INTEGER NOT NULL REFERENCES article
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX conflict_article ON conflict (article);
        CREATE TABLE review (
            id BLOB NOT NULL PRIMARY KEY,
            article INTEGER NOT NULL REFERENCES article
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX review_article ON review (article);

        -- Which changes name a conflict of a text as settled.
        CREATE TABLE closing (
            conflict BLOB NOT NULL,
            change BLOB NOT NULL,
            PRIMARY KEY (conflict, change)
        ) STRICT, WITHOUT ROWID;
        """

    /// The search index; with room to collect the words of many articles before they are written.
    static let search = """
        CREATE VIRTUAL TABLE search USING fts5 (
            title, summary, body, notes, tags,
            tokenize = 'unicode61 remove_diacritics 2'
        );
        INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);
        """
}
