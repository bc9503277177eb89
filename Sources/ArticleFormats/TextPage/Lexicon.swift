/// The words of page furniture, credits and stamps, folded, in several languages.
///
/// Data, not rules: a page in another language needs lines here and nothing else. No entry belongs
/// to one publisher alone.
enum Lexicon {
    /// Lines that are furniture when they say exactly this.
    static let furniture: Set<String> = folded(
        """
        short url|follow|following|follow us|share|share this|share this article|share article
        share on facebook|share on twitter|tweet|email|e-mail|print|save|copy link|copied|cancel
        link|bookmark|advertisement|advertising|ad|sponsored|skip ad|skip to content
        skip to main content|jump to content|menu|search|sections|my account|log in|login|sign in
        sign up|subscribe|subscribe now|register|donate|read in app|listen|listen to article
        close|×|autoplay|full screen|view photos|buy photo|caption|view gallery|play|pause
        comments|comment|leave a comment|0 comments|read more|more|more:|see more|show more
        load more|view more|view comments|published|posted|updated|on|by|home|news|breaking news
        video|photos|gallery|image|live|next|previous|back to top|arrow_upward|loading...|whatsapp
        facebook|twitter|linkedin|telegram|reddit|pinterest|instagram|toggle caption|hide caption
        continue reading|story continues below|story continues below gallery
        article continues below|continues below advertisement|translate|text size|font size
        related|read next|most read|trending|recommended|share article via|comentar|responder|explore more on the topics in this story
        anzeige|werbung|teilen|merken|drucken|kommentare|kommentar|abonnieren|anmelden|mehr
        mehr lesen|weiterlesen|suche|startseite|folgen|vorlesen|artikel anhören
        partager|imprimer|commenter|réagir|s'abonner|se connecter|lire plus|lire aussi|suivre
        publicité|offrir l'article|sauvegarder|favoris|écouter|ajouter à vos sélections
        compartir|imprimir|comentarios|suscríbete|publicidad|leer más|seguir|guardar|escuchar
        vídeo|newsletter|anuncio
        condividi|stampa|commenti|abbonati|pubblicità|leggi anche|ascolta
        compartilhar|comentários|assine|publicidade|ouvir o texto|leia mais|salvar
        delen|reacties|advertentie|dela|annons|paylaş|yazdır|reklam|yorumlar|abone ol
        udostępnij|sdílet|reklama|diskuse|poslechnout
        реклама|поделиться|подписаться|комментарии|читать далее|обсудить|поширити|підписатися
        شارك|مشاركة|إشترك|اشترك|طباعة|تعليقات|إعلان|المزيد|تشاهدون الآن|مشاهدات عالية
        分享|分享到|打印|字体|字号|小字号|大字号|收藏|评论|広告|共有|印刷|シェア|特集一覧|保存|シェアする
        (0)|0|1|2|3
        """
    )

    /// Short lines that are furniture when they begin so.
    static let furnitureOpenings: [String] = folded(
        """
        share this |follow us on |sign up for |sign up to |subscribe to |subscribe for
        get breaking news |stay up to date with |please refresh |thank you for registering
        notifications can be managed |by subscribing |by signing up |already a subscriber
        click here |tap here |read more:|read more |also read|read also|related:|see also:|more on
        watch:|watch |listen:|story continues |article continues |skip |view all|view image
        view gallery|photo gallery|download our app|join our |follow our |wait 1 second
        something went wrong|your browser |enable javascript|image source|image caption
        you have been reading|this story was originally published|copyright ©|© |all rights reserved
        lesen sie auch|mehr zum thema|lesen sie mehr|à lire aussi|lire aussi|article réservé
        temps de lecture|lire plus tard|lea también|lee también|te puede interesar|ver también
        leggi anche|leia também|leia mais|lees ook|läs också|ayrıca bakın|bunlar da|czytaj też
        čtěte také|il vous reste |читайте также|читайте також|подписывайтесь на|اقرأ أيضا|إقرأ أيضا|责任编辑|来源：
        visto |views |reading time
        """
    ).sorted()

    /// Lines behind the article after which only other things follow.
    static let endings: Set<String> = folded(
        """
        related articles|related stories|related topics|related content|related news|related posts
        more from|more stories|more news|more on this story|more on this topic|most read
        most popular|most viewed|trending|trending now|recommended|recommended for you
        you may also like|you might also like|latest news|latest|top stories|popular|around the bbc
        view comments|leave a reply|join the conversation|comments|about the author|editor's picks
        up next|don't miss|sponsored content|from the web|also on|your email address
        mehr zum thema|das könnte sie auch interessieren|auch interessant|meistgelesen
        über den autor|über die autoren|ergänzungen|kommentare
        sur le même sujet|lecture restreinte|à lire aussi|les plus lus|dans la même rubrique|lire aussi
        te puede interesar|más noticias|lo más leído|más información|noticias relacionadas
        comentarios|normas de uso|normas de uso y aviso legal|potrebbe interessarti|leggi anche|i più letti|notícias relacionadas
        mais lidas|veja também|lees ook|meest gelezen|läs mer|ilgili haberler|en çok okunanlar
        právě se děje|další zprávy|читайте также|самое читаемое|новости по теме|читайте також|اقرأ أيضا|إقرأ أيضا
        مواضيع ذات صلة|相关阅读|相关新闻|延伸阅读|推荐阅读|関連記事|あわせて読みたい
        """
    )

    /// Whether a line, by its key, is one behind which only other things follow; a count of what
    /// follows ("12 comments", "Comments (12)") makes no difference.
    static func isEnding(_ key: String) -> Bool {
        if endings.contains(key) { return true }
        guard key.utf8.count <= 60, key.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
            return false
        }
        let words = key.unicodeScalars.split { $0 == " " || $0 == "(" || $0 == ")" || $0.isDigit }
        return endings.contains(words.map { String($0) }.joined(separator: " "))
    }

    /// Openings of a line that lists topics.
    static let topicOpenings: [String] = folded(
        """
        topics:|tags:|keywords:|topic:|tag:|filed under:|schlagworte:|themen:|stichworte:|mots-clés :
        mots-clés:|sujets:|etiquetas:|temas:|argomenti:|tag :|etiketler:|теги:|темы:|关键词：|标签：
        """
    ).sorted()

    /// Words of a picture's credit.
    static let pictureWords: Set<String> = folded(
        """
        photo|photos|photograph|photographer|foto|fotos|photographie|image|images|picture|pictured
        imagen|imagem|immagine|bild|bilder|getty|shutterstock|supplied|courtesy|handout|file|screengrab
        screenshot|illustration|graphic|фото|коллаж|колаж|صورة|图|摄|写真|撮影|istock|imago|alamy
        epa|pixabay|unsplash|fotografía|fotoğraf|archiv|archivo|crédit|crédito|credit|copyright
        """
    )

    /// Agencies that stand alone in brackets behind a caption or in a dateline.
    static let agencies: Set<String> = folded(
        """
        afp|ap|reuters|dpa|pti|ani|aa|app|spa|wam|xinhua|tass|efe|ansa|epa|upi|kyodo|bernama|ians|pa
        cnn|bbc|apa|sda|ats|belga|anp|tt|ntb|ritzau|stt|lusa|pap|čtk|ukrinform|interfax|anadolu
        """
    )

    /// Words that say a date is that of a change.
    static let updateWords: [[Token]] = phrases(
        """
        updated|update|last updated|last modified|modified|edited|aktualisiert|stand|modifié
        mis à jour|actualizado|actualizada|aggiornato|aggiornamento|atualizado|bijgewerkt|uppdaterad
        opdateret|oppdatert|güncelleme|güncellendi|обновлено|оновлено|aktualizováno|aktualizacja
        تحديث|更新|最終更新|diperbarui
        """
    )

    /// Words that say a date is that of the first publication.
    static let publicationWords: [[Token]] = phrases(
        """
        published|posted|first published|issued|created|veröffentlicht|erschienen|publié|paru
        publicado|publicada|pubblicato|gepubliceerd|publicerad|udgivet|publisert|yayınlanma
        опубликовано|опубліковано|publikováno|opublikowano|نشر|发布|发表|公開|diterbitkan
        """
    )

    /// Openings of a byline.
    static let bylineOpenings: [String] = folded(
        """
        by |written by |reported by |von |kolumne von |par |por |di |de |door |av |af |oleh |text: |words by
        автор: |текст: |автор |بقلم |bởi
        """
    ).sorted()

    /// Words between the names of a byline.
    static let bylineJoiners: Set<String> = folded("and|und|et|y|e|en|och|og|ve|и|та|dan|&")

    private static func folded(_ table: String) -> Set<String> {
        Set(
            table.split { $0 == "|" || $0 == "\n" }
                .map { UnicodeForms.folded(String($0)) }
                .filter { !$0.isEmpty }
        )
    }

    private static func phrases(_ table: String) -> [[Token]] {
        folded(table).sorted().map { Token.tokens(of: $0) }
    }
}
