"""The command line of notes: every command with its arguments and options."""

import argparse


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="notes", description="Keeps notes.")
    commands = top.add_subparsers(dest="command", required=True)

    command = commands.add_parser("add", help="add a note", description="Adds a note to the notebook, dated now.")
    command.add_argument("text", nargs="+", help="the words of the note")
    command.add_argument("-t", "--tag", metavar="TAG", action="append", help="give it a tag; may be given often")
    command.add_argument("--on", metavar="DATE", help="date it otherwise, as 2025-01-31")

    command = commands.add_parser("list", help="list notes", description="Prints one line for each note, the newest first.")
    command.add_argument("-t", "--tag", metavar="TAG", help="only those with a tag")
    command.add_argument("-n", "--number", metavar="N", help="at most so many")
    command.add_argument("--oldest-first", action="store_true", help="the other way round")

    command = commands.add_parser("show", help="show a note", description="Prints a note as it was written, with its date and tags.")
    command.add_argument("id", help="the number of the note")
    command.add_argument("--raw", action="store_true", help="only the text")

    command = commands.add_parser("edit", help="change a note", description="Replaces the text of a note. Its date stays.")
    command.add_argument("id", help="the number of the note")
    command.add_argument("text", nargs="+", help="the new words")
    command.add_argument("--append", action="store_true", help="add the words at the end instead")

    command = commands.add_parser("delete", help="delete notes", description="Moves notes to the bin, where they stay for 30 days.")
    command.add_argument("id", nargs="+", help="the numbers of the notes")
    command.add_argument("-f", "--force", action="store_true", help="delete them for good, without asking")

    command = commands.add_parser("restore", help="take notes back from the bin", description="Takes notes out of the bin, with their dates and tags.")
    command.add_argument("id", nargs="+", help="the numbers of the notes")

    command = commands.add_parser("search", help="find notes by their words", description="Prints the notes in which a pattern is found.")
    command.add_argument("pattern", help="a regular expression")
    command.add_argument("-i", "--ignore-case", action="store_true", help="take capitals and small letters as the same")
    command.add_argument("--since", metavar="DATE", help="only notes from this day on")

    command = commands.add_parser("tag", help="give notes a tag, or take it away", description="Gives notes a tag that they do not have yet.")
    command.add_argument("tag", help="the tag")
    command.add_argument("id", nargs="+", help="the numbers of the notes")
    command.add_argument("-r", "--remove", action="store_true", help="take the tag away")

    command = commands.add_parser("export", help="write all notes into a file", description="Writes the whole notebook into one file.")
    command.add_argument("file", help="where to write; - is the standard output")
    command.add_argument("--format", metavar="FORMAT", help="json or markdown; json by default")
    command.add_argument("--with-bin", action="store_true", help="what is in the bin, too")

    command = commands.add_parser("import", help="read notes from a file", description="Adds the notes of a file that export has written. Notes that are there already are left out.")
    command.add_argument("file", help="the file")
    command.add_argument("--dry-run", action="store_true", help="only say what would be added")

    command = commands.add_parser("sync", help="exchange notes with another machine", description="Sends what is new here, and gets what is new there.")
    command.add_argument("address", help="the other machine, as host:port")
    command.add_argument("--timeout", metavar="SECONDS", help="how long to wait for it; 10 by default")
    command.add_argument("--once", action="store_true", help="do not try again when it does not answer")

    command = commands.add_parser("stats", help="figures about the notebook", description="Prints how many notes there are, by month and by tag.")
    command.add_argument("--json", action="store_true", help="as JSON")
    return top
